import { describeScenario } from "../../results/scenario.js";
import type { Scenario, Trial } from "../../results/schema.js";
import { countsInstructions } from "../environment/lab-guest.js";
import type { RunContext } from "./measure-rounds.js";
import { noPrediction } from "./predicted-punts.js";
import { allowedBytes } from "./preflight.js";
import { runTrial } from "./trial.js";

/** The pace of later trials differs from that of the calibration; without reserve half of them would be too short. */
const RESERVE = 1.2;

/**
 * The scenarios with files that their writes need `durationNs` for, as far as space allows. Each such scenario
 * runs once, without a record, to measure its pace. A file never becomes smaller than it was.
 */
export async function sizedForDuration(run: RunContext): Promise<Scenario[]> {
  const { driver, options, scratch, progress, signal, header } = run;
  // Where instructions are counted, times mean nothing.
  if (countsInstructions()) return header.scenarios;
  const allowed = allowedBytes(scratch, options.maxSpaceBytes);
  const context = {
    driver,
    countPunts: header.environment.privileges.puntCounter,
    predictedPunts: noPrediction,
    instructions: false,
    ring: options.ring,
    signal,
  };
  const sized: Scenario[] = [];
  for (const [position, scenario] of header.scenarios.entries()) {
    if (scenario.durationNs === undefined) {
      sized.push(scenario);
      continue;
    }
    progress.step(`calibrating  ${describeScenario(scenario)}`);
    const place = { round: 0, position, seed: options.seed };
    const trial = await runTrial(context, scenario, scratch.file(`calibration-${position}`), place);
    sized.push({ ...scenario, fileSizeBytes: fileSizeFor(scenario, trial, allowed) });
  }
  return sized;
}

/** Whole blocks. A trial that failed says nothing of the pace, so its size stays. */
function fileSizeFor(scenario: Scenario, { status, measurement }: Trial, allowed: number): number {
  const { fileSizeBytes, blockSizeBytes, durationNs = 0 } = scenario;
  if (status !== "ok" || !measurement?.wallNs) return fileSizeBytes;
  const wanted = measurement.bytes * (durationNs / measurement.wallNs) * RESERVE;
  const blocks = Math.ceil(Math.min(wanted, allowed) / blockSizeBytes) - 1;
  return Math.max(fileSizeBytes, blocks * blockSizeBytes);
}
