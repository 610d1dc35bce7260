import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasUnseen } from "../../../terminal/quote.js";
import type { FaultCase, FaultGroup } from "../group.js";
import { HOSTILE_RECORDINGS, type HostileRecording } from "../hostile-recordings.js";
import { cannotRunLab, cleanLab, fillCache, smallLab } from "../lab-template.js";
import type { Place } from "../place.js";
import { cannotRecord } from "../recorded-program.js";

/** A reader that needs more than this has followed a number in the file: rows and files have limits of their own. */
const HEAP_MIB = "--max-old-space-size=3072";
const HANGS_AFTER_MS = 120_000;
/** More than this in the scratch directory was not asked for. */
const MOST_SPACE = "64M";

const replay = (recording: string, { dir, out }: Place, ...more: string[]) => [
  ...["replay", recording, "--dir", dir, "--out", out, "--max-space", MOST_SPACE],
  ...["--pace", "as-fast-as-possible", ...more],
];

const COMMANDS: Readonly<Record<string, (recording: string, place: Place) => string[]>> = {
  replay,
  "what-if": (recording, place) =>
    replay(recording, place, "--json", "--what-if", "preparation=dd-prefill,iowq-workers=1"),
};

function checkPrinted(printed: string): void {
  if (hasUnseen(printed.replaceAll(/[\n\t]/g, ""))) {
    throw new Error("a control character of the recording was printed");
  }
  if (existsSync("/tmp/puntbench-owned")) throw new Error("a name became a file or a command");
}

function replayCase(command: string, { name, bytes }: HostileRecording): FaultCase {
  return {
    name: `${command}: ${name}`,
    async run(place) {
      const recording = join(place.root, "hostile.pbrec");
      writeFileSync(recording, bytes());
      const args = COMMANDS[command]?.(recording, place) as string[];
      const ending = await place.run(args, {
        env: { NODE_OPTIONS: HEAP_MIB },
        hangsAfterMs: HANGS_AFTER_MS,
      });
      rmSync(recording);
      checkPrinted(`${ending.stdout}${ending.stderr}`);
      return { endings: [ending] };
    },
  };
}

/** The lab takes a recording into a guest: what is no recording ends it before that. */
function labCase({ name, bytes }: HostileRecording): FaultCase {
  return {
    name: `lab: ${name}`,
    async run(place) {
      fillCache(place, true);
      const recording = join(place.root, "hostile.pbrec");
      writeFileSync(recording, bytes());
      const [command = "", ...options] = smallLab(place, "--dry-run");
      const ofBench = options.indexOf("--preparations");
      const lab = [command, ...options.slice(0, ofBench), "--dry-run", "--replay", recording];
      const ending = await place.run(lab, { env: { NODE_OPTIONS: HEAP_MIB } });
      rmSync(recording);
      checkPrinted(`${ending.stdout}${ending.stderr}`);
      return { endings: [ending, await place.run(cleanLab())] };
    },
  };
}

export const hostileRecordings: FaultGroup = {
  name: "hostile-recordings",
  promise: "a recording that is damaged, or made to harm who replays it",
  atOnce: 1,
  secondRunEvery: 20,
  cannotRun: () => cannotRecord() ?? cannotRunLab(),
  cases: [
    ...HOSTILE_RECORDINGS.flatMap((hostile) =>
      Object.keys(COMMANDS).map((command) => replayCase(command, hostile)),
    ),
    ...HOSTILE_RECORDINGS.map(labCase),
  ],
};
