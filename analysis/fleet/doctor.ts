import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { visible } from "../../terminal/quote.js";

/** Of `puntbench doctor DIR --json`, kept as `doctor.json` in the folder of a host. */
const Diagnosis = z.object({
  findings: z.array(z.object({ severity: z.string(), what: z.string() })),
});

export interface Diagnosed {
  /** What forbids a measurement there. */
  blockers: string[];
  /** What spoils one. */
  warnings: string[];
}

/** What `doctor` saw on the host with this folder; null: nobody kept it, or it cannot be read. */
export function diagnosisIn(hostFolder: string): Diagnosed | null {
  let text: string;
  try {
    text = readFileSync(join(hostFolder, "doctor.json"), "utf8");
  } catch {
    return null;
  }
  return diagnosisOf(text);
}

/** The findings of a diagnosis, safe to show; null: it is none. */
export function diagnosisOf(text: string): Diagnosed | null {
  const found = Diagnosis.safeParse(parsed(text));
  if (!found.success) return null;
  const of = (severity: string): string[] =>
    found.data.findings
      .filter((finding) => finding.severity === severity)
      .map(({ what }) => visible(what));
  return { blockers: of("blocker"), warnings: of("warning") };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
