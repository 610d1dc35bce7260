import { Bench } from "tinybench";
import type { Scenario, Trial } from "../../results/schema.js";
import { shuffledRound } from "./matrix.js";
import type { TrialPlace } from "./trial.js";

export interface RoundPlan {
  scenarios: readonly Scenario[];
  rounds: number;
  seed: number;
}

/**
 * Randomised complete blocks: each round runs every scenario once, in a new random order. Drift then hits all
 * scenarios alike, and comparisons are paired by round.
 *
 * tinybench drives the trials of a round. The samples that it keeps are the driver's own durations: the wall
 * time of the call would include preparation and clean-up.
 */
export async function runRounds(
  plan: RoundPlan,
  runTrial: (scenario: Scenario, place: TrialPlace) => Promise<Trial>,
  signal: AbortSignal,
): Promise<void> {
  for (let round = 0; round < plan.rounds; round += 1) {
    const bench = new Bench({ time: 0, iterations: 1, warmup: false, throws: true, signal });
    for (const [position, scenario] of shuffledRound(plan.scenarios, plan.seed, round).entries()) {
      bench.add(
        `${position} ${scenario.preparation} ${scenario.arm} ${scenario.queueDepth} ${scenario.intervalNs}`,
        async () => {
          const trial = await runTrial(scenario, { round, position, seed: plan.seed + round });
          // tinybench silently uses the wall time instead of a value that is not a finite duration.
          return { overriddenDuration: (trial.measurement?.wallNs ?? 0) / 1e6 };
        },
        { async: true },
      );
    }
    await bench.run();
    signal.throwIfAborted();
  }
}
