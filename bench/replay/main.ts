import { release } from "node:os";
import { type Driver, loadDriver } from "../../native/index.js";
import { openWatch } from "../../native/watch.js";
import type { Recording } from "../../results/recording/reader.js";
import { rowsInOrder } from "../../results/recording/rows-in-order.js";
import type { ReplayLine } from "../../results/replay.js";
import { UserError } from "../../terminal/errors.js";
import { fileHash } from "../../terminal/file-hash.js";
import { Interrupt } from "../../terminal/interrupt.js";
import { stderrProgress } from "../../terminal/progress.js";
import { openPuntCounter, type PuntCounter } from "../environment/punt-counter.js";
import { ScratchDirectory } from "../environment/scratch.js";
import { ResultsWriter } from "../run/results-writer.js";
import { writeRun } from "../run/write-run.js";
import { openCauseFinder } from "../watch/causes.js";
import { KernelWorkers } from "../watch/kernel-workers.js";
import { checkSpace, type FilePlan, makeFiles, planFiles, type ReplayedFile } from "./files.js";
import { checkLimits } from "./limits.js";
import { parseReplayOptions, type RawReplayOptions, type ReplayOptions } from "./options.js";
import { type Replay, replayOf } from "./outcome.js";
import { planReplay, type ReplayPlan } from "./plan.js";
import { printReplay } from "./print.js";
import { type RecordedFigures, RecordedTallies } from "./recorded-figures.js";
import { headerOf, lineOf } from "./results-file.js";
import { type Survey, surveyRecording } from "./survey.js";

/** `puntbench replay FILE`. */
export async function main(path: string, raw: RawReplayOptions): Promise<void> {
  const options = parseReplayOptions(raw);
  const tallies = new RecordedTallies();
  const { recording, survey } = surveyRecording(path, (row) => tallies.add(row));
  const recorded = tallies.figures(recording);
  if (recorded.size === 0) {
    throw new UserError(
      `${path} holds no request that can be replayed`,
      leftOutWords(survey, recording),
    );
  }
  checkLimits(survey);
  const driver = loadDriver();
  const scratch = new ScratchDirectory(options.dir);
  const interrupt = new Interrupt("The files of the replay are removed.");
  try {
    const plan = planReplay(recording, survey, rowsInOrder(path, survey.places), {
      speed: options.speed,
      file: (name) => scratch.file(name),
    });
    checkLimits(survey, plan.descriptors.length);
    const files = planFiles(plan, recording.files, options.whatIf.preparation);
    checkSpace(plan, files, scratch, options.maxSpaceBytes);
    const counter = openPuntCounter(driver);
    const header = headerOf(driver, options.kernelLabel, scratch, counter);
    const writer = new ResultsWriter(options.out, options.kernelLabel, header.runId);
    const { result } = await writeRun(writer, header, async (append) => {
      const parts = { driver, scratch, recording, recorded, plan, files, counter };
      const { replay, line } = await run(parts, options, interrupt.signal);
      append(line);
      return replay;
    });
    printReplay(result, writer.path, options.json);
  } finally {
    scratch.remove();
    interrupt.dispose();
  }
}

interface Parts {
  driver: Driver;
  scratch: ScratchDirectory;
  recording: Recording;
  recorded: Map<string, RecordedFigures>;
  plan: ReplayPlan;
  files: FilePlan;
  counter: PuntCounter;
}

async function run(
  parts: Parts,
  options: ReplayOptions,
  signal: AbortSignal,
): Promise<{ replay: Replay; line: ReplayLine }> {
  const { driver, scratch, recording, recorded, plan, counter } = parts;
  const progress = stderrProgress();
  progress.step("making the files");
  const files = await makeFiles(driver, scratch, plan, parts.files, recording.files);
  const sha256 = await fileHash(recording.path);
  const watch = openWatch({ everything: false, name: "", sampleShift: 0 });
  const causes = openCauseFinder({ everything: false, name: "" });
  try {
    watch.add(process.pid);
    causes.add(process.pid);
    watch.take();
    progress.step("replaying");
    const kernelWorkers = new KernelWorkers();
    const request = requestOf(plan, files, options, counter.available);
    const outcome = await driver.runReplay(request, signal).catch((error: Error) => {
      // Cancelled: the signal says why.
      signal.throwIfAborted();
      throw error;
    });
    const kernelWorkersCpuNs = kernelWorkers.used().cpuNs;
    const seen = { outcome, rows: watch.take(), causes: causes.look(), stalls: watch.takeStalls() };
    const replay = replayOf(
      { recording, recorded, plan, files, kernelRelease: release(), options },
      seen,
    );
    const details = { recording, sha256, recorded, files, kernelWorkersCpuNs };
    return { replay, line: lineOf(replay, details, seen) };
  } finally {
    progress.done();
    causes.close();
    watch.close();
  }
}

function requestOf(
  plan: ReplayPlan,
  files: readonly ReplayedFile[],
  { pace, whatIf }: ReplayOptions,
  countPunts: boolean,
) {
  return {
    files: plan.descriptors.map(({ file, openFlags }) => ({
      path: files.find(({ index }) => index === file)?.path ?? "",
      openFlags,
    })),
    rings: plan.rings,
    calls: plan.calls.path,
    paced: pace === "recorded",
    iowqWorkers: whatIf.iowqWorkers ?? 0,
    countPunts,
  };
}

function leftOutWords({ leftOut }: Survey, { damage }: Recording): string {
  const reasons = [...leftOut].map(([reason, count]) => `${count}: ${reason}`);
  if (damage !== null) reasons.push(`the rest of the file is damaged: ${damage}`);
  return reasons.length === 0
    ? "Record a program while it uses io_uring."
    : `Left out: ${reasons.join("; ")}.`;
}
