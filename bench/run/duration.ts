import { describeScenario } from "../../results/scenario.js";
import type { Scenario, Trial } from "../../results/schema.js";
import { formatBytes, formatNs } from "../../terminal/units.js";
import { countsInstructions } from "../environment/lab-guest.js";
import type { RunContext } from "./measure-trial.js";
import { noPrediction } from "./predicted-punts.js";
import { allowedBytes, MAX_BLOCKS, memoryForBlocks } from "./preflight.js";
import { runTrial } from "./trial.js";

/**
 * Later trials can be much faster than the calibration. A trial ends when its duration is over, so a file that is too large
 * costs only its preparation. Of 400 trials of the reference run one wrote more than 2.08 times what was expected.
 */
const RESERVE = 2.5;

/** Scenarios with the file that their duration needs, and why some files are smaller than that. */
export interface SizedScenarios {
  scenarios: Scenario[];
  limits: ReadonlyMap<Scenario, string>;
}

/**
 * The scenarios with files that their writes need `durationNs` for, as far as space allows. Each such scenario
 * runs once, without a record, to measure its pace. A file never becomes smaller than it was.
 */
export async function sizedForDuration(run: RunContext): Promise<SizedScenarios> {
  const { scenarios } = run.header;
  const limits = new Map<Scenario, string>();
  if (countsInstructions()) return { scenarios: scenarios.map(withoutRamp), limits };
  const sized: Scenario[] = [];
  for (const [position, scenario] of scenarios.entries()) {
    if (scenario.durationNs === undefined) {
      sized.push(scenario);
      continue;
    }
    run.progress.step(`calibrating  ${describeScenario(scenario)}`);
    const pace = paceOf(await calibrated(run, scenario, position));
    const limit = smallestLimit(run, scenario);
    const wanted = blocksFor(scenario, pace);
    const blocks = Math.min(wanted, limit.blocks);
    const fileSizeBytes = Math.max(scenario.fileSizeBytes, blocks * scenario.blockSizeBytes);
    const larger = { ...scenario, fileSizeBytes };
    if (wanted > limit.blocks && lastsNs(larger, pace) < scenario.durationNs) {
      limits.set(larger, `${limit.because}, which lasts about ${formatNs(lastsNs(larger, pace))}`);
    }
    sized.push(larger);
  }
  return { scenarios: sized, limits };
}

/** Where instructions are counted, times mean nothing. */
function withoutRamp({ rampNs, ...scenario }: Scenario): Scenario {
  return scenario;
}

function calibrated(run: RunContext, scenario: Scenario, position: number): Promise<Trial> {
  const { driver, options, scratch, signal, header } = run;
  const context = {
    driver,
    countPunts: header.environment.privileges.puntCounter,
    predictedPunts: noPrediction,
    instructions: false,
    ring: options.ring,
    limits: new Map<Scenario, string>(),
    signal,
  };
  const place = { round: 0, position, seed: options.seed };
  const path = scratch.file(`calibration-${position}`);
  return runTrial(context, withoutRamp(scenario), path, place);
}

/** Blocks in a nanosecond. A trial that failed says nothing of the pace: then 0, and its size stays. */
function paceOf({ status, measurement, scenario }: Trial): number {
  if (status !== "ok" || !measurement?.wallNs) return 0;
  return measurement.bytes / scenario.blockSizeBytes / measurement.wallNs;
}

function blocksFor({ durationNs = 0, rampNs = 0 }: Scenario, pace: number): number {
  return Math.ceil(pace * (durationNs + rampNs) * RESERVE);
}

/** The counted part of a trial; the ramp takes at most half. */
function lastsNs({ fileSizeBytes, blockSizeBytes, rampNs = 0 }: Scenario, pace: number): number {
  const wholeNs = fileSizeBytes / blockSizeBytes / pace;
  return wholeNs - Math.min(rampNs, wholeNs / 2);
}

/** Blocks that a trial may have at most, and why, in words that end a sentence. */
export function smallestLimit({ scratch, options }: RunContext, { blockSizeBytes }: Scenario) {
  const allowed = allowedBytes(scratch, options.maxSpaceBytes);
  const space = options.maxSpaceBytes === null ? "a tenth of the free space" : "--max-space";
  const limits = [
    {
      blocks: Math.floor(allowed / blockSizeBytes),
      because: `its file may take ${formatBytes(allowed)} (${space})`,
    },
    { blocks: memoryForBlocks(), because: "the records of more writes do not fit into memory" },
    { blocks: MAX_BLOCKS, because: "a file has at most 2^31 blocks" },
  ];
  return limits.reduce((least, limit) => (limit.blocks < least.blocks ? limit : least));
}
