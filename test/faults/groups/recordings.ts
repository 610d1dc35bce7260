import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EXIT } from "../../../terminal/errors.js";
import type { CaseEnd, FaultCase, FaultGroup } from "../group.js";
import { fileLine, madeRecording, writes } from "../made-recordings.js";
import type { Place } from "../place.js";
import {
  cannotRecord,
  cutRecording,
  type RecordedProgram,
  recordArguments,
  recording,
  wholeRecording,
  withProgram,
} from "../recorded-program.js";

const RECORDS = ["--duration", "1500ms"];
const outputOf = (place: Place) => join(place.root, "out.pbrec");

/** What happens to the files of the program that is recorded. */
const TO_FILES: Readonly<Record<string, (program: RecordedProgram) => void>> = {
  "its files are deleted": ({ file }) => each((number) => rmSync(file(number), { force: true })),
  "its files are cut to nothing": ({ file }) => each((number) => truncateSync(file(number), 0)),
  "its files are renamed": ({ file }) =>
    each((number) => renameSync(file(number), `${file(number)}.renamed`)),
  "others take the names of its files": ({ file }) =>
    each((number) => {
      rmSync(file(number));
      writeFileSync(file(number), "another");
    }),
  "links to devices take the names of its files": ({ file }) =>
    each((number) => {
      rmSync(file(number));
      execFileSync("ln", ["-s", "/dev/zero", file(number)]);
    }),
  "holes are punched into its files": ({ file }) =>
    each((number) => execFileSync("fallocate", ["-p", "-o", "0", "-l", "512k", file(number)])),
  "its directory is deleted": ({ folder }) => rmSync(folder, { recursive: true, force: true }),
  "it dies": ({ running }) => running.child.kill("SIGKILL"),
};
const each = (act: (number: number) => void) => [0, 1, 2, 3].forEach(act);

type When = "before the look" | "while it records";

/** The recording must be whole; then it is replayed. */
function programCase(what: string, when: When): FaultCase {
  return {
    name: `${what} ${when}`,
    run: (place) =>
      withProgram(place, async (program) => {
        const output = outputOf(place);
        const spoil = () => TO_FILES[what]?.(program);
        if (when === "before the look") spoil();
        const running = place.start(recordArguments(program, output, ...RECORDS));
        await recording(running);
        if (when === "while it records") {
          await sleep(place.random() * 1000);
          spoil();
        }
        const ending = await running.ended;
        // A program that has ended cannot be recorded.
        if (ending.code !== EXIT.ok && what !== "it dies") {
          throw new Error(`record: exit code ${ending.code}: ${ending.stderr.trim().slice(-300)}`);
        }
        if (ending.code === EXIT.ok) wholeRecording(output);
        if (!existsSync(output)) return { endings: [ending] };
        const replayed = await place.run([
          ...["replay", output, "--dir", place.dir, "--out", place.out, "--json"],
        ]);
        return { endings: [ending, replayed], codes: [EXIT.ok, EXIT.failure] };
      }),
  };
}

/** A small filesystem at --dir. */
function smallDisk(place: Place, size: string): void {
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "puntbench-faults", place.dir]);
  place.mounted = { unmount: () => execFileSync("umount", [place.dir]) };
}

/** The second run needs another one. Throws where puntbench has left something on it. */
function removeSmallDisk(place: Place): void {
  const left = readdirSync(place.dir);
  place.mounted?.unmount();
  place.mounted = null;
  if (left.length > 0) throw new Error(`left on the disk: ${left}`);
}

interface Output {
  output: string;
  /** Words before the command. */
  prefix?: string[];
}

/** Where the recording is written to fails. What stands there is good up to its last whole block. */
const TO_OUTPUT: Readonly<Record<string, (place: Place) => Output>> = {
  "its disk is full from the first byte on": (place) => full(place, "16k"),
  "its disk of 4 KiB fills": (place) => onDisk(place, "4k"),
  "its disk of 8 KiB fills": (place) => onDisk(place, "8k"),
  "its disk of 12 KiB fills": (place) => onDisk(place, "12k"),
  "its file may have 0 bytes": (place) => limited(place, 0),
  "its file may have 512 bytes": (place) => limited(place, 512),
  "its file may have 4 KiB": (place) => limited(place, 4096),
  "its file may have 10 KiB": (place) => limited(place, 10_240),
  "it is /dev/full": () => ({ output: "/dev/full" }),
  "its folder is missing": (place) => ({ output: join(place.root, "missing", "out.pbrec") }),
  "it is a folder": (place) => ({ output: place.root }),
  "it is a link to nowhere": (place) => {
    execFileSync("ln", ["-s", join(place.outside, "data", "new"), outputOf(place)]);
    return { output: outputOf(place) };
  },
};

function onDisk(place: Place, size: string): Output {
  smallDisk(place, size);
  return { output: join(place.dir, "out.pbrec") };
}

function full(place: Place, size: string): Output {
  const { output } = onDisk(place, size);
  execFileSync("sh", [
    "-c",
    'head -c 1m /dev/zero >"$0" 2>/dev/null || :',
    join(place.dir, "filler"),
  ]);
  return { output };
}

function limited(place: Place, bytes: number): Output {
  return { output: outputOf(place), prefix: ["prlimit", `--fsize=${bytes}:${bytes}`] };
}

function outputCase(what: string): FaultCase {
  return {
    name: `the recording: ${what}`,
    run: (place) =>
      withProgram(place, async (program) => {
        const { output, prefix = [] } = (TO_OUTPUT[what] as (place: Place) => Output)(place);
        const ending = await place.run(recordArguments(program, output, ...RECORDS), { prefix });
        if (ending.code === EXIT.ok) throw new Error("it ended with 0");
        if (dirname(output) !== "/dev" && output !== place.root) cutRecording(output);
        for (const name of ["out.pbrec", "filler"]) rmSync(join(place.dir, name), { force: true });
        removeSmallDisk(place);
        return { endings: [ending], codes: [EXIT.failure, EXIT.usage] };
      }),
  };
}

/** The file or its folder goes while it is written to. */
const WHILE_WRITTEN: Readonly<Record<string, (output: string, folder: string) => void>> = {
  "is deleted": (output) => rmSync(output),
  "is renamed": (output, folder) => renameSync(output, join(folder, "other.pbrec")),
  "is cut to nothing": (output) => truncateSync(output, 0),
  "loses its folder": (_, folder) => rmSync(folder, { recursive: true }),
};

function writtenCase(what: string): FaultCase {
  return {
    name: `the recording ${what} while it is written`,
    run: (place) =>
      withProgram(place, async (program) => {
        const folder = join(place.root, "recordings");
        mkdirSync(folder);
        const output = join(folder, "out.pbrec");
        const running = place.start(recordArguments(program, output, ...RECORDS));
        await recording(running);
        await sleep(place.random() * 1000);
        WHILE_WRITTEN[what]?.(output, folder);
        return { endings: [await running.ended], codes: [EXIT.ok, EXIT.failure] };
      }),
  };
}

/** The disk of a replay is too small for what its files need, or fills while it runs. */
function replayCase(size: string, pace: string, filesWritten: boolean): FaultCase {
  const state = filesWritten ? "files that were written" : "files that grow";
  return {
    name: `the replay's disk of ${size} fills: ${state}, ${pace}`,
    async run(place): Promise<CaseEnd> {
      const input = join(place.root, "made.pbrec");
      const file = filesWritten
        ? fileLine({ sizeBytes: 4 << 20, regions: [[0, 4 << 20, "written"]] })
        : fileLine({ sizeBytes: 0, regions: [] });
      const rows = writes(1024, 1e5).map((row, number) => ({ ...row, offsetBytes: number * 4096 }));
      writeFileSync(input, madeRecording({ files: [file], rows }));
      smallDisk(place, size);
      const where = ["--dir", place.dir, "--out", place.out];
      const args = ["replay", input, ...where, "--max-space", "1G", "--pace", pace];
      const ending = await place.run(args);
      removeSmallDisk(place);
      return { endings: [ending], codes: [EXIT.ok, EXIT.failure, EXIT.usage] };
    },
  };
}

const itself: FaultCase = {
  name: "every process is recorded, the recorder too",
  run: (place) =>
    withProgram(place, async () => {
      const output = outputOf(place);
      const args = ["record", "--all", "-o", output, "--json", ...RECORDS, "--max-size", "64M"];
      const ending = await place.run(args);
      wholeRecording(output);
      return { endings: [ending], codes: [EXIT.ok] };
    }),
};

export const recordings: FaultGroup = {
  name: "recordings",
  promise: "the recorded program, its files, or the disk of the recording or of the replay go away",
  cannotRun: cannotRecord,
  secondRunEvery: 10,
  cases: [
    ...Object.keys(TO_FILES).flatMap((what) =>
      (["before the look", "while it records"] as const).map((when) => programCase(what, when)),
    ),
    ...Object.keys(TO_OUTPUT).map(outputCase),
    ...Object.keys(WHILE_WRITTEN).map(writtenCase),
    ...["64k", "1m", "3m"].flatMap((size) =>
      ["recorded", "as-fast-as-possible"].flatMap((pace) =>
        [true, false].map((written) => replayCase(size, pace, written)),
      ),
    ),
    itself,
  ],
};
