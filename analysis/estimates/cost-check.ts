import type { Arm } from "../../results/vocabulary.js";
import type { Difference, Source } from "./cost-recipe.js";
import type { Estimate } from "./estimate.js";

/**
 * Something that parts of a cost say, measured a second time. The parts add up because of how they are made, so their
 * sum proves nothing. The second measurement has other cells.
 */
export interface CostCheck {
  name: string;
  byParts: Estimate;
  bySecond: Estimate;
  /** How the second was measured, in words. */
  from: string;
  /** The first less the second, within the same rounds: what the sum is wrong by if the second is right. */
  difference: Estimate;
  /** The interval of the difference holds 0. */
  agrees: boolean;
  /** Where the two disagree, this arm separates nothing. */
  arm: Arm;
}

export interface CheckRecipe {
  name: string;
  byParts: Difference;
  bySecond: Difference;
  arm: Arm;
}

/** What can be measured a second time of the cost of a punting write. */
export function checkRecipes(inline: Source): CheckRecipe[] {
  const alone = (arm: Arm, { preparation }: Pick<Source, "preparation">): Source => ({
    preparation,
    arm,
    queueDepth: 1,
  });
  const prefilled: Source = { ...inline, preparation: "dd-prefill" };
  const own = (arm: Arm): Source => ({ ...inline, arm });
  if (inline.queueDepth === 1) {
    return [
      {
        name: "hand-off",
        byParts: { to: alone("forced", inline), from: alone("psync", inline) },
        bySecond: { to: alone("forced", prefilled), from: alone("inline", prefilled) },
        arm: "psync",
      },
      {
        // io_submit returns at once for a write into written blocks, and waits for the end of one that it cannot queue.
        name: "filesystem work and blocking wait",
        byParts: { to: alone("psync", inline), from: alone("inline", prefilled) },
        bySecond: { to: alone("libaio", inline), from: alone("libaio", prefilled) },
        arm: "psync",
      },
    ];
  }
  return [
    {
      name: "filesystem work, hand-off and blocking wait",
      byParts: { to: own("forced-own-files"), from: { ...prefilled, arm: "unbatched" } },
      bySecond: { to: alone("forced", inline), from: alone("inline", prefilled) },
      arm: "psync",
    },
    {
      name: "lock contention",
      byParts: { to: inline, from: own("own-files") },
      bySecond: { to: own("forced"), from: own("forced-own-files") },
      arm: "own-files",
    },
  ];
}
