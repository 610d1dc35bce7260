import type { Driver } from "../../native/index.js";
import { describeScenario } from "../../results/scenario.js";
import type { Header, Scenario, Trial } from "../../results/schema.js";
import { UserError } from "../../terminal/errors.js";
import type { Progress } from "../../terminal/progress.js";
import { countsInstructions } from "../environment/lab-guest.js";
import { otherBenchWarnings } from "../environment/other-benches.js";
import type { ScratchDirectory } from "../environment/scratch.js";
import type { BenchOptions } from "./options.js";
import { noPrediction, predictedPunts } from "./predicted-punts.js";
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

/** What all trials of a run share. */
export function trialContext(run: RunContext): Omit<TrialContext, "signal"> {
  const { driver, options, scratch, header, limits } = run;
  const countPunts = header.environment.privileges.puntCounter;
  return {
    driver,
    countPunts,
    predictedPunts: countPunts ? noPrediction : predictedPunts(driver, scratch, header.scenarios),
    instructions: countsInstructions(),
    ring: options.ring,
    limits,
  };
}

/** Runs one trial within its time limit. Throws a UserError where no later trial can do better. */
export async function measureTrial(
  { options, scratch, signal }: RunContext,
  context: Omit<TrialContext, "signal">,
  scenario: Scenario,
  place: TrialPlace,
): Promise<Trial> {
  const name = describeScenario(scenario);
  const path = scratch.file(`trial-${place.round}-${place.position}`);
  const before = otherBenchWarnings(scratch.location);
  const measured = await withTimeLimit(
    (limited) => runTrial({ ...context, signal: limited }, scenario, path, place),
    options.trialTimeoutMs,
    `a trial of ${name}`,
    signal,
  );
  const others = new Set([...before, ...otherBenchWarnings(scratch.location)]);
  return { ...measured, warnings: [...measured.warnings, ...others] };
}

/** Errors after which no later trial can do better, each with what to do. */
const HOPELESS: Record<string, string> = {
  ENOSPC: "Free space in --dir, or choose a smaller --file-size.",
  EDQUOT: "Your disk quota in --dir is used up: choose a smaller --file-size or another --dir.",
  EROFS: "The filesystem of --dir became read-only; see dmesg.",
  EIO: "The device below --dir reports errors; see dmesg.",
};

/** Call it when the trial is kept. */
export function stopIfHopeless(trial: Trial): void {
  const remedy = HOPELESS[trial.errors[0]?.code ?? ""];
  if (trial.status !== "failed" || remedy === undefined) return;
  throw new UserError(
    `a trial of ${describeScenario(trial.scenario)} failed: ${trial.reason}`,
    remedy,
  );
}
