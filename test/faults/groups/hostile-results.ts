import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasUnseen } from "../../../terminal/quote.js";
import { fixtureLines } from "../../analysis/fixture.js";
import type { Ending } from "../ending.js";
import type { FaultCase, FaultGroup } from "../group.js";
import { HOSTILE_FILES, type HostileFile } from "../hostile-files.js";
import type { Place } from "../place.js";

/** A reader that needs more than this for such a file has followed a number in it. */
const HEAP_MIB = "--max-old-space-size=1024";

const GOOD = [
  ...fixtureLines({ kernelLabel: "6.1", seed: 5, rounds: 2, writes: 32, queueDepths: [8] }),
]
  .map((line) => `${JSON.stringify(line)}\n`)
  .join("");

const COMMANDS: Readonly<Record<string, (file: string, good: string, place: Place) => string[]>> = {
  report: (file, good, place) => ["report", file, good, "--out", reportFolder(place)],
  compare: (file, good) => ["compare", good, file],
  plan: (file, good) => ["plan", "--iops", "100k", "--p99", "1ms", "--results", file, good],
  export: (file, good) => ["export", file, good],
  "export as Parquet": (file, good, place) => [
    ...["export", file, good, "--format", "parquet", "--out", reportFolder(place)],
  ],
  fleet: (file, good, place) => ["fleet", asFleet(place, [file, good])],
};

/** The folder of a fleet in which each of the files is what one host measured. */
function asFleet(place: Place, files: readonly string[]): string {
  const fleet = join(place.root, "fleet");
  for (const [number, file] of files.entries()) {
    const host = join(fleet, `host-${number}`);
    mkdirSync(host, { recursive: true });
    copyFileSync(file, join(host, "run.jsonl"));
  }
  return fleet;
}

const reportFolder = (place: Place) => join(place.temporary, "report");

/** Throws where text of the file acts on what shows it. */
function checkShown({ stdout, stderr }: Ending, place: Place): void {
  const printed = `${stdout}${stderr}`.replaceAll(/[\n\t]/g, "");
  if (hasUnseen(printed)) throw new Error("a control character of the file was printed");
  const pages = namesIn(reportFolder(place)).filter((name) => /\.(html|md|svg)$/.test(name));
  for (const name of pages) {
    // In a block of code in Markdown nothing is markup.
    const shown = readFileSync(join(reportFolder(place), name), "utf8").replaceAll(
      /^```.*?^```/gms,
      "",
    );
    if (shown.includes("<b>HOSTILE")) throw new Error(`${name}: a label became markup`);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function hostileCase(command: string, hostile: HostileFile): FaultCase {
  return {
    name: `${command}: ${hostile.name}`,
    async run(place) {
      const [file, good] = [join(place.root, "hostile.jsonl"), join(place.root, "good.jsonl")];
      writeFileSync(file, hostile.bytes());
      writeFileSync(good, GOOD);
      const args = COMMANDS[command]?.(file, good, place) as string[];
      const ending = await place.run(args, { env: { NODE_OPTIONS: HEAP_MIB } });
      checkShown(ending, place);
      rmSync(reportFolder(place), { recursive: true, force: true });
      return { endings: [ending] };
    },
  };
}

export const hostileResults: FaultGroup = {
  name: "hostile-results",
  promise: "a results file that is damaged, or made to harm who reads it",
  secondRunEvery: 40,
  cases: HOSTILE_FILES.flatMap((hostile) =>
    Object.keys(COMMANDS).map((command) => hostileCase(command, hostile)),
  ),
};
