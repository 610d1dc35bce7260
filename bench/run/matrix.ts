import type { Scenario } from "../../results/schema.js";
import { seededRandom, seedOf } from "../../results/seeded-random.js";
import type { Arm, Preparation } from "../../results/vocabulary.js";
import { type BenchOptions, defaultWrites } from "./options.js";
import type { Variant } from "./stream-options.js";

/** The product of the dimensions, in the order in which tables and charts show it. */
export function scenariosOf(options: BenchOptions): Scenario[] {
  return options.variants.flatMap((variant) =>
    options.sizes.flatMap((sizes) =>
      options.orders.flatMap((order) =>
        options.intervalsNs.flatMap((intervalNs) =>
          cellsOf(options, { ...variant, ...sizes, order, intervalNs }),
        ),
      ),
    ),
  );
}

type Stream = Variant & Pick<Scenario, "blockSizeBytes" | "order" | "intervalNs">;

/** Preparations, arms and depths of one stream. */
function cellsOf(options: BenchOptions, stream: Stream): Scenario[] {
  const { blockSizeBytes, order, intervalNs, ...variant } = stream;
  return options.preparations.flatMap((preparation) =>
    armsOf(options, preparation).flatMap((arm) =>
      depthsOf(options, arm).map((queueDepth) => ({
        preparation,
        arm,
        queueDepth,
        blockSizeBytes,
        fileSizeBytes:
          options.fileSizeBytes ?? defaultBlocks(options, stream, queueDepth) * blockSizeBytes,
        order,
        intervalNs,
        registeredBuffers: options.registeredBuffers,
        ...variant,
        ...lengthOf(options, intervalNs),
      })),
    ),
  );
}

/** Enough to fill the queue of each ring more than once. */
function defaultBlocks(options: BenchOptions, stream: Stream, queueDepth: number): number {
  const { intervalNs, blockSizeBytes, rings = 1, files = 1 } = stream;
  const least = 2 * queueDepth * Math.max(rings, files);
  return Math.max(defaultWrites(options, intervalNs, blockSizeBytes), least);
}

/** The default ramp is long enough for the journal and the workers, and short beside what is counted. */
const RAMP_SHARE = 1 / 5;

/** Writes that come at a pace have a given number, so no duration. */
function lengthOf(
  options: BenchOptions,
  intervalNs: number,
): Pick<Scenario, "durationNs" | "rampNs"> {
  const durationNs = intervalNs === 0 ? options.durationNs : null;
  const rampNs = options.rampNs ?? Math.round((durationNs ?? 0) * RAMP_SHARE);
  return { ...(durationNs !== null && { durationNs }), ...(rampNs > 0 && { rampNs }) };
}

/** One pass over all scenarios, in an order that the seed and the round decide (Fisher-Yates). */
export function shuffledRound(scenarios: readonly Scenario[], seed: number, round: number) {
  const random = seededRandom(seedOf(`round ${round} of ${seed}`));
  const order = [...scenarios];
  for (let i = order.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j] as Scenario, order[i] as Scenario];
  }
  return order;
}

function armsOf(options: BenchOptions, preparation: Preparation): readonly Arm[] {
  if (options.arms !== null) return options.arms;
  if (options.capacity !== null) return ["inline"];
  return preparation === "dd-prefill" ? ["inline", "forced"] : ["inline"];
}

/** psync writes one at a time, whatever the depth says. */
function depthsOf(options: BenchOptions, arm: Arm): readonly number[] {
  return arm === "psync" ? [1] : options.queueDepths;
}
