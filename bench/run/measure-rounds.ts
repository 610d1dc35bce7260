import type { Driver } from "../../native/index.js";
import { describeScenario } from "../../results/scenario.js";
import type { Header, Scenario, Trial } from "../../results/schema.js";
import { UserError } from "../../terminal/errors.js";
import { type Progress, timeLeft } from "../../terminal/progress.js";
import { formatNs } from "../../terminal/units.js";
import { countsInstructions, reportTrials } from "../environment/lab-guest.js";
import { otherBenchWarnings } from "../environment/other-benches.js";
import type { ScratchDirectory } from "../environment/scratch.js";
import type { BenchOptions } from "./options.js";
import { noPrediction, predictedPunts } from "./predicted-punts.js";
import { runRounds } from "./rounds.js";
import { withTimeLimit } from "./time-limit.js";
import { runTrial, type TrialContext, type TrialPlace } from "./trial.js";

/** What every step of one run needs. */
export interface RunContext {
  driver: Driver;
  options: BenchOptions;
  scratch: ScratchDirectory;
  header: Header;
  /** Why a scenario's file is smaller than its duration needs. */
  limits: ReadonlyMap<Scenario, string>;
  progress: Progress;
  signal: AbortSignal;
}

/** Runs every scenario in every round, and hands each trial to `keep` as soon as it is measured. */
export async function measureRounds(run: RunContext, keep: (trial: Trial) => void): Promise<void> {
  const { driver, options, scratch, header, progress, signal } = run;
  const { scenarios } = header;
  const countPunts = header.environment.privileges.puntCounter;
  const context = {
    driver,
    countPunts,
    predictedPunts: countPunts ? noPrediction : predictedPunts(driver, scratch, scenarios),
    instructions: countsInstructions(),
    ring: options.ring,
    limits: run.limits,
  };
  if (context.instructions) await warmUp(run, context);
  const startedAtMs = Date.now();
  const total = scenarios.length * options.rounds;
  let done = 0;
  progress.milestone(`instrument checked, ${total} trials to run`);
  reportTrials(0, total);
  const measure = async (scenario: Scenario, place: TrialPlace): Promise<Trial> => {
    const name = describeScenario(scenario);
    const round = `round ${place.round + 1}/${options.rounds}`;
    const left = timeLeft(startedAtMs, done, total);
    progress.step(`${round}  trial ${done + 1}/${total}  ${name}  ${left}`);
    const path = scratch.file(`trial-${place.round}-${place.position}`);
    const before = otherBenchWarnings(scratch.location);
    const measured = await withTimeLimit(
      (limited) => runTrial({ ...context, signal: limited }, scenario, path, place),
      options.trialTimeoutMs,
      `a trial of ${name}`,
      signal,
    );
    const others = new Set([...before, ...otherBenchWarnings(scratch.location)]);
    const trial = { ...measured, warnings: [...measured.warnings, ...others] };
    keep(trial);
    done += 1;
    reportTrials(done, total);
    stopIfHopeless(trial, name);
    if (done % scenarios.length === 0) {
      const elapsed = formatNs((Date.now() - startedAtMs) * 1e6);
      progress.milestone(`${round} done, ${done}/${total} trials in ${elapsed}`);
    }
    return trial;
  };
  await runRounds({ scenarios, rounds: options.rounds, seed: options.seed }, measure, signal);
}

const WARM_UP_WRITES = 64;

/**
 * Runs each scenario once, briefly, without a record. What a kernel does only the first time (a workqueue for
 * the filesystem, the first worker thread) is not part of a write's exact cost.
 */
async function warmUp(
  { header, scratch, signal }: RunContext,
  context: Omit<TrialContext, "signal">,
): Promise<void> {
  const place = { round: 0, position: 0, seed: 0 };
  for (const [index, scenario] of header.scenarios.entries()) {
    const bytes = WARM_UP_WRITES * scenario.blockSizeBytes;
    const short = { ...scenario, fileSizeBytes: Math.min(scenario.fileSizeBytes, bytes) };
    await runTrial({ ...context, signal }, short, scratch.file(`warm-up-${index}`), place);
  }
}

/** Errors after which no later trial can do better, each with what to do. */
const HOPELESS: Record<string, string> = {
  ENOSPC: "Free space in --dir, or choose a smaller --file-size.",
  EDQUOT: "Your disk quota in --dir is used up: choose a smaller --file-size or another --dir.",
  EROFS: "The filesystem of --dir became read-only; see dmesg.",
  EIO: "The device below --dir reports errors; see dmesg.",
};

function stopIfHopeless(trial: Trial, name: string): void {
  const remedy = HOPELESS[trial.errors[0]?.code ?? ""];
  if (trial.status !== "failed" || remedy === undefined) return;
  throw new UserError(`a trial of ${name} failed: ${trial.reason}`, remedy);
}
