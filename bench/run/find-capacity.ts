import { metricsOf } from "../../results/metrics.js";
import { describeScenario } from "../../results/scenario.js";
import type { Scenario, Trial } from "../../results/schema.js";
import { UserError } from "../../terminal/errors.js";
import { formatNs, formatRate } from "../../terminal/units.js";
import { CapacitySearch, type FoundCapacity, type StepResult } from "./capacity-search.js";
import { smallestLimit } from "./duration.js";
import { measureTrial, type RunContext, stopIfHopeless, trialContext } from "./measure-trial.js";

/** What the search found for one scenario. */
export interface ScenarioCapacity extends FoundCapacity {
  scenario: Scenario;
  latencyNsP99Target: number;
  /** Of the same writes back to back; null where that trial failed. */
  closedLoopIops: number | null;
  /** Why a trial failed; null: none did. */
  failed: string | null;
}

/**
 * Searches for the highest load of each scenario that holds the latency target, in an open loop: each write has its due
 * moment, and its lateness is part of its latency. The same writes back to back give the upper bound. All trials go into
 * the results file as trials of paced scenarios.
 */
export async function findCapacities(
  run: RunContext,
  keep: (trial: Trial) => void,
  onFound: (capacity: ScenarioCapacity) => void,
): Promise<void> {
  const context = trialContext(run);
  if (context.instructions) {
    throw new UserError(
      "--find-capacity needs times, and this lab counts instructions",
      "Run it on the hardware in question.",
    );
  }
  let round = 0;
  for (const [position, scenario] of run.header.scenarios.entries()) {
    const measure = async (wanted: Scenario): Promise<Trial> => {
      const place = { round, position, seed: run.options.seed + round };
      const trial = await measureTrial(run, context, wanted, place);
      round += 1;
      keep(trial);
      stopIfHopeless(trial);
      return trial;
    };
    onFound(await capacityOf(run, scenario, measure));
    const done = `${position + 1}/${run.header.scenarios.length}`;
    run.progress.milestone(`${done} searched: ${describeScenario(scenario)}`);
  }
}

async function capacityOf(
  run: RunContext,
  scenario: Scenario,
  measure: (scenario: Scenario) => Promise<Trial>,
): Promise<ScenarioCapacity> {
  const latencyNsP99Target = run.options.capacity?.latencyNsP99 ?? 0;
  const base = { scenario, latencyNsP99Target, holds: null, misses: null };
  run.progress.step(`closed loop  ${describeScenario(scenario)}`);
  const closed = await measure(scenario);
  const closedLoopIops = iopsOf(closed);
  if (closedLoopIops === null) return { ...base, closedLoopIops, failed: closed.reason };
  const search = new CapacitySearch(closedLoopIops, run.options.rounds);
  for (let rate = search.next(); rate !== null; rate = search.next()) {
    run.progress.step(`${formatRate(rate)} writes/s  ${describeScenario(scenario)}`);
    const trial = await measure(pacedScenario(run, scenario, rate));
    const result = stepResult(trial, latencyNsP99Target);
    if (result === null) return { ...base, closedLoopIops, failed: trial.reason };
    search.add(rate, result);
  }
  return { scenario, latencyNsP99Target, closedLoopIops, failed: null, ...search.found() };
}

function iopsOf({ status, measurement }: Trial): number | null {
  return status === "ok" && measurement?.wallNs
    ? measurement.writes / (measurement.wallNs / 1e9)
    : null;
}

/** Below this a p99 rests on fewer than five writes. */
const LEAST_WRITES = 500;

/** The same writes at fixed times, as many as fit into the duration and the space. */
function pacedScenario(run: RunContext, scenario: Scenario, rate: number): Scenario {
  const { durationNs = 0, rampNs = 0, ...others } = scenario;
  const intervalNs = Math.round(1e9 / rate);
  const wanted = Math.max(LEAST_WRITES, Math.ceil((durationNs + rampNs) / intervalNs));
  const limit = smallestLimit(run, scenario);
  const blocks = Math.min(wanted, limit.blocks);
  const paced = { ...others, intervalNs, fileSizeBytes: blocks * scenario.blockSizeBytes };
  if (wanted > limit.blocks) {
    const lasts = formatNs(blocks * intervalNs);
    run.progress.milestone(
      `${describeScenario(paced)}: ${limit.because}, so a step lasts ${lasts} with its ramp`,
    );
  }
  return rampNs > 0 ? { ...paced, rampNs } : paced;
}

/** How much later than planned the last write may end, so that the load still counts as carried. */
const SLOWER = 1.02;

/** A load is held where the p99 is within the target and the writes do not fall further and further behind. */
function stepResult(trial: Trial, targetNs: number): StepResult | null {
  const { status, measurement, scenario } = trial;
  if (status !== "ok" || !measurement?.wallNs || measurement.writes === 0) return null;
  const { latencyNsP99 } = metricsOf(trial, measurement).values;
  const plannedNs = measurement.writes * scenario.intervalNs;
  const kept = measurement.wallNs <= plannedNs * SLOWER + targetNs;
  return { latencyNsP99, holds: latencyNsP99 <= targetNs && kept };
}
