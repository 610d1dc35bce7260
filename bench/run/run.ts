import { type Driver, loadDriver } from "../../native/index.js";
import { describeScenario } from "../../results/scenario.js";
import type { Footer, Header, ResultsLine, Scenario, Trial } from "../../results/schema.js";
import { UserError } from "../../terminal/errors.js";
import { Interrupted } from "../../terminal/interrupt.js";
import { type Progress, timeLeft } from "../../terminal/progress.js";
import { formatNs } from "../../terminal/units.js";
import { countsInstructions, reportTrials } from "../environment/lab-guest.js";
import { ScratchDirectory } from "../environment/scratch.js";
import { openingHeader } from "./header.js";
import { scenariosOf } from "./matrix.js";
import type { BenchOptions } from "./options.js";
import { noPrediction, predictedPunts } from "./predicted-punts.js";
import { checkQueueDepths } from "./preflight.js";
import { ResultsWriter } from "./results-writer.js";
import { runRounds } from "./rounds.js";
import { withTimeLimit } from "./time-limit.js";
import { runTrial, type TrialConditions } from "./trial.js";

export interface RunOutcome<Afterwards = unknown> {
  resultsFile: string;
  header: Header;
  trials: Trial[];
  /** Result of the plan's `afterwards`; undefined without one. */
  afterwards: Afterwards | undefined;
}

/** What a run consists of. */
export interface RunPlan<Afterwards> {
  scenarios: Scenario[];
  /** false leaves the timed trials out; asked when the environment is known. */
  timed?: (header: Header) => boolean;
  /** Follows the last timed trial; the lines that it appends stand in the same results file. */
  afterwards?: (stage: Stage) => Promise<Afterwards>;
}

export interface Stage {
  driver: Driver;
  scratch: ScratchDirectory;
  header: Header;
  append: (line: ResultsLine) => void;
}

/**
 * One run: checks, then every scenario in every round, a line in the results file each. Cleans up on every
 * way out. Throws a UserError with the remedy, or `Interrupted`; what was measured until then is kept.
 */
export async function runBench<Afterwards>(
  options: BenchOptions,
  commandLine: string[],
  progress: Progress,
  signal: AbortSignal,
  plan: RunPlan<Afterwards> = { scenarios: scenariosOf(options) },
): Promise<RunOutcome<Afterwards>> {
  const driver = loadDriver();
  const { scenarios } = plan;
  checkQueueDepths(scenarios);
  const scratch = new ScratchDirectory(options.dir);
  try {
    const header = await openingHeader(driver, options, scenarios, scratch, commandLine);
    for (const warning of header.warnings) progress.milestone(`warning: ${warning}`);
    const writer = new ResultsWriter(options.out, options.kernelLabel, header.runId);
    const { trials, result } = await writeRun(writer, header, async (append) => {
      if (plan.timed?.(header) ?? true) {
        await measureRounds(driver, options, scenarios, scratch, header, progress, signal, append);
      }
      return plan.afterwards?.({ driver, scratch, header, append });
    });
    return { resultsFile: writer.path, header, trials, afterwards: result };
  } finally {
    progress.done();
    scratch.remove();
  }
}

/** Header, other lines as they come, and a footer that says how the run ended, whichever way it did. */
async function writeRun<Result>(
  writer: ResultsWriter,
  header: Header,
  measure: (append: (line: ResultsLine) => void) => Promise<Result>,
): Promise<{ trials: Trial[]; result: Result }> {
  const trials: Trial[] = [];
  const close = (outcome: Footer["outcome"], reason: string | null) => {
    const finishedAt = new Date().toISOString();
    const warnings = [...new Set(trials.flatMap((trial) => trial.warnings))];
    writer.append({ type: "footer", finishedAt, outcome, reason, trials: trials.length, warnings });
    writer.close();
  };
  let result: Result;
  try {
    writer.append(header);
    result = await measure((line) => {
      writer.append(line);
      if (line.type === "trial") trials.push(line);
    });
  } catch (error) {
    close(error instanceof Interrupted ? "interrupted" : "failed", (error as Error).message);
    throw error;
  }
  close("complete", null);
  return { trials, result };
}

async function measureRounds(
  driver: Driver,
  options: BenchOptions,
  scenarios: readonly Scenario[],
  scratch: ScratchDirectory,
  header: Header,
  progress: Progress,
  signal: AbortSignal,
  keep: (trial: Trial) => void,
): Promise<void> {
  const countPunts = header.environment.privileges.puntCounter;
  const conditions = {
    countPunts,
    predictedPunts: countPunts ? noPrediction : predictedPunts(driver, scratch, scenarios),
    instructions: countsInstructions(),
  };
  if (conditions.instructions) await warmUp(driver, scenarios, scratch, conditions, signal);
  const startedAtMs = Date.now();
  const total = scenarios.length * options.rounds;
  let done = 0;
  progress.milestone(`instrument checked, ${total} trials to run`);
  reportTrials(0, total);
  await runRounds(
    { scenarios, rounds: options.rounds, seed: options.seed },
    async (scenario, place) => {
      progress.step(
        `round ${place.round + 1}/${options.rounds}  trial ${done + 1}/${total}  ${describeScenario(scenario)}  ${timeLeft(startedAtMs, done, total)}`,
      );
      const path = scratch.file(`trial-${place.round}-${place.position}`);
      const trial = await withTimeLimit(
        (limited) => runTrial(driver, scenario, path, place, conditions, limited),
        options.trialTimeoutMs,
        `a trial of ${describeScenario(scenario)}`,
        signal,
      );
      keep(trial);
      done += 1;
      reportTrials(done, total);
      stopIfHopeless(trial, scenario);
      if (done % scenarios.length === 0) {
        const elapsed = formatNs((Date.now() - startedAtMs) * 1e6);
        progress.milestone(
          `round ${place.round + 1}/${options.rounds} done, ${done}/${total} trials in ${elapsed}`,
        );
      }
      return trial;
    },
    signal,
  );
}

/**
 * Each scenario once, briefly, and not recorded: what a kernel does only the first time (a workqueue for
 * the filesystem, the first worker thread) is no part of a write's exact cost.
 */
async function warmUp(
  driver: Driver,
  scenarios: readonly Scenario[],
  scratch: ScratchDirectory,
  conditions: TrialConditions,
  signal: AbortSignal,
): Promise<void> {
  const place = { round: 0, position: 0, seed: 0 };
  for (const [index, scenario] of scenarios.entries()) {
    const fileSizeBytes = Math.min(
      scenario.fileSizeBytes,
      WARM_UP_WRITES * scenario.blockSizeBytes,
    );
    const path = scratch.file(`warm-up-${index}`);
    await runTrial(driver, { ...scenario, fileSizeBytes }, path, place, conditions, signal);
  }
}

const WARM_UP_WRITES = 64;

/** Errors after which no later trial can do better, each with what to do. */
const HOPELESS: Record<string, string> = {
  ENOSPC: "Free space in --dir, or choose a smaller --file-size.",
  EDQUOT: "Your disk quota in --dir is used up: choose a smaller --file-size or another --dir.",
  EROFS: "The filesystem of --dir became read-only; see dmesg.",
  EIO: "The device below --dir reports errors; see dmesg.",
};

function stopIfHopeless(trial: Trial, scenario: Scenario): void {
  const remedy = HOPELESS[trial.errors[0]?.code ?? ""];
  if (trial.status !== "failed" || remedy === undefined) return;
  throw new UserError(`a trial of ${describeScenario(scenario)} failed: ${trial.reason}`, remedy);
}
