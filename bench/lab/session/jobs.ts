import { readFileSync } from "node:fs";
import { z } from "zod";
import { EXIT, UsageError } from "../../../terminal/errors.js";
import { visible } from "../../../terminal/quote.js";
import type { LabKernel } from "./kernels.js";

/**
 * One guest as work of its own, for a scheduler to run on any machine. The same job may run twice: where its output is
 * there, nothing is booted.
 */
export const LabJob = z.object({
  name: z.string().min(1),
  /** Words, never a line for a shell. The first one is `puntbench`. */
  argv: z.tuple([z.literal("puntbench")]).rest(z.string()),
  /** What must be at hand: files of the submitting machine, and packages that the job fetches where its cache lacks them. */
  inputs: z.array(
    z.union([
      z.object({ file: z.string() }),
      z.object({ package: z.string(), version: z.string() }),
    ]),
  ),
  /** Appears whole or not at all. Relative to the folder in which the job runs, as are the words of `argv`. */
  output: z.string().min(1),
});
export type LabJob = z.infer<typeof LabJob>;

/** A JSON array with one job a line. */
export function jobsText(jobs: readonly LabJob[]): string {
  return `[\n${jobs.map((job) => JSON.stringify(job)).join(",\n")}\n]\n`;
}

/** Reads what `--jobs-json` printed. Throws a UsageError. */
export function readJobs(path: string): LabJob[] {
  try {
    return z.array(LabJob).parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(
      `${visible(path)} holds no jobs${code === undefined ? "" : ` (${code})`}`,
      "Name a file with what --jobs-json printed.",
    );
  }
}

/** The kernel as a word of `--kernels` that means the same package on every machine. */
export function pinned({ label, packageVersion }: LabKernel): string {
  return label === packageVersion ? label : `${label}=${packageVersion}`;
}

/** The package that a job boots. */
export function packageInput({ packageName, packageVersion }: LabKernel): LabJob["inputs"][number] {
  return { package: packageName, version: packageVersion };
}

/** What came back of some jobs. */
export interface Collected {
  jobs: number;
  /** One sentence for each job whose output is not there or cannot be used. */
  missing: string[];
}

/** Prints what came back. Exit code 1 where a job is missing: the others are kept. */
export function reportCollected({ jobs, missing }: Collected): void {
  const lines = [
    `${jobs - missing.length} of ${jobs} jobs came back`,
    ...missing.map((sentence) => `missing: ${visible(sentence)}`),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  if (missing.length > 0) process.exitCode = EXIT.failure;
}
