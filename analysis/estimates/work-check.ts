import type { Recipe, Source } from "./cost-recipe.js";
import type { Estimate } from "./estimate.js";

/**
 * The filesystem's work for a first write, measured a second time: by blocking writes without io_uring. The parts of a cost
 * add up because of how they are made, so their sum proves nothing. This does not share a cell with them.
 */
export interface WorkCheck {
  /** The same work by forced punts, as it is in the parts. */
  byPunts: Estimate;
  byPsync: Estimate;
  /** The first less the second, within the same rounds. */
  difference: Estimate;
  /** The interval of the difference holds 0. */
  agrees: boolean;
}

/** One cell less another, by round. */
export type Difference = Pick<Recipe, "to" | "from">;

/** How the work is measured by forced punts, and by psync, which always writes one at a time. */
export function workDifferences({ preparation, queueDepth }: Source): [Difference, Difference] {
  const own = queueDepth === 1 ? ("forced" as const) : ("forced-own-files" as const);
  const psync = { arm: "psync" as const, queueDepth: 1 };
  return [
    {
      to: { preparation, arm: own, queueDepth },
      from: { preparation: "dd-prefill", arm: "forced", queueDepth },
    },
    { to: { preparation, ...psync }, from: { preparation: "dd-prefill", ...psync } },
  ];
}
