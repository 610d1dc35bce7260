import { statfsSync } from "node:fs";
import type { Driver } from "../../native/index.js";
import { variantWords } from "../../results/scenario.js";
import type { Scenario } from "../../results/schema.js";
import type { Preparation } from "../../results/vocabulary.js";
import { UserError } from "../../terminal/errors.js";
import type { ScratchDirectory } from "../environment/scratch.js";
import { probePreparation } from "../probe/ask.js";
import type { ProbeVerdict } from "../probe/verdict.js";

export type PredictedPunts = (scenario: Scenario) => number | null;

/** Longer than the slowest clock tick (HZ=100): a writer paced so is behind the clock at each write. */
const TICK_NS = 10_000_000;

/** Where punts are counted, nothing is predicted. */
export const noPrediction: PredictedPunts = () => null;

/** Asks the nowait probe once for each preparation of a run whose punts cannot be counted. */
export function predictedPunts(
  driver: Driver,
  scratch: ScratchDirectory,
  scenarios: readonly Scenario[],
): PredictedPunts {
  const filesystemBlockBytes = statfsSync(scratch.path).bsize;
  const verdicts = new Map<Preparation, ProbeVerdict | null>();
  for (const { preparation, blockSizeBytes } of scenarios) {
    if (verdicts.has(preparation)) continue;
    verdicts.set(preparation, verdictOrNull(driver, scratch, preparation, blockSizeBytes));
  }
  return (scenario) =>
    ratioOf(verdicts.get(scenario.preparation) ?? null, scenario, filesystemBlockBytes);
}

/** A probe that fails leaves the prediction open: the trial itself says what is wrong. */
function verdictOrNull(...asked: Parameters<typeof probePreparation>): ProbeVerdict | null {
  try {
    return probePreparation(...asked);
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

/**
 * 0 or 1, and null where the probe does not say: for the control arms; for writes of part of a block, of which
 * the first changes the block for the others; for writes back to back of which only the first after a clock
 * tick punts.
 */
export function ratioOf(
  verdict: ProbeVerdict | null,
  scenario: Scenario,
  filesystemBlockBytes: number,
): number | null {
  const { arm, blockSizeBytes, intervalNs } = scenario;
  // The probe asks about plain writes.
  if (arm !== "inline" || variantWords(scenario).length > 0) return null;
  if (verdict === "inline") return 0;
  if (verdict === "punts") return blockSizeBytes % filesystemBlockBytes === 0 ? 1 : null;
  return verdict === "tick" && intervalNs >= TICK_NS ? 1 : null;
}
