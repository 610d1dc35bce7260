import { release } from "node:os";
import { type Driver, loadDriver } from "../../native/index.js";
import { packCalls } from "../../native/replay.js";
import { openWatch } from "../../native/watch.js";
import type { Recording } from "../../results/recording/reader.js";
import { UserError } from "../../terminal/errors.js";
import { Interrupt } from "../../terminal/interrupt.js";
import { stderrProgress } from "../../terminal/progress.js";
import { openPuntCounter } from "../environment/punt-counter.js";
import { ScratchDirectory } from "../environment/scratch.js";
import { openCauseFinder } from "../watch/causes.js";
import { loadRows } from "./columns.js";
import { checkSpace, type FilePlan, makeFiles, planFiles, type ReplayedFile } from "./files.js";
import { parseReplayOptions, type RawReplayOptions, type ReplayOptions } from "./options.js";
import { type Replay, replayOf } from "./outcome.js";
import { planReplay, type ReplayPlan } from "./plan.js";
import { printReplay } from "./print.js";

/** `puntbench replay FILE`. */
export async function main(path: string, raw: RawReplayOptions): Promise<void> {
  const options = parseReplayOptions(raw);
  const { recording, rows } = loadRows(path);
  const plan = planReplay(recording, rows, options.speed);
  if (plan.rings.length === 0) {
    throw new UserError(`${path} holds no request that can be replayed`, leftOutWords(plan));
  }
  const files = planFiles(plan, recording.files, options.whatIf.preparation);
  const driver = loadDriver();
  const scratch = new ScratchDirectory(options.dir);
  const interrupt = new Interrupt("The files of the replay are removed.");
  try {
    checkSpace(plan, files, scratch, options.maxSpaceBytes);
    const replay = await run(
      { driver, scratch, recording, plan, files },
      options,
      interrupt.signal,
    );
    printReplay(replay, options.json);
  } finally {
    scratch.remove();
    interrupt.dispose();
  }
}

interface Parts {
  driver: Driver;
  scratch: ScratchDirectory;
  recording: Recording;
  plan: ReplayPlan;
  files: FilePlan;
}

async function run(parts: Parts, options: ReplayOptions, signal: AbortSignal): Promise<Replay> {
  const { driver, scratch, recording, plan } = parts;
  const progress = stderrProgress();
  progress.step("making the files");
  const files = await makeFiles(driver, scratch, plan, parts.files, recording.files);
  const counter = openPuntCounter(driver);
  const watch = openWatch({ everything: false, name: "", sampleShift: 0 });
  const causes = openCauseFinder(false);
  try {
    watch.add(process.pid);
    causes.add(process.pid);
    watch.take();
    progress.step("replaying");
    const outcome = await driver.runReplay(
      requestOf(plan, files, options, counter.available),
      signal,
    );
    const seen = { outcome, rows: watch.take(), causes: causes.look(), stalls: watch.takeStalls() };
    return replayOf({ recording, plan, files, kernelRelease: release(), options }, seen);
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
    calls: packCalls(plan.calls),
    paced: pace === "recorded",
    iowqWorkers: whatIf.iowqWorkers ?? 0,
    countPunts,
  };
}

function leftOutWords({ leftOut }: ReplayPlan): string {
  const reasons = [...leftOut].map(([reason, count]) => `${count}: ${reason}`);
  return reasons.length === 0
    ? "Record a program while it uses io_uring."
    : `Left out: ${reasons.join("; ")}.`;
}
