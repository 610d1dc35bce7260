import type { Arm, Preparation } from "../../results/vocabulary.js";

/** A cell of one subject, named without its sizes. */
export interface Source {
  preparation: Preparation;
  arm: Arm;
  queueDepth: number;
}

/** One part of a cost: the difference of two cells, per write and in the same round. */
export interface Recipe {
  name: string;
  to: Source;
  from: Source;
  /** What has to be assumed to read this difference as that part. */
  assumption: string | null;
}

/** What a difference of two cells is measured in. */
export type Quantity = "cpuNs" | "latencyNsP50" | "wallNs" | "instructions";

/** Whether a cell was measured, and can be compared. */
export type Has = (source: Source) => boolean;

/** A step on the way from an inline write into written blocks to the write whose cost is taken apart. */
interface Step {
  name: string;
  to: Source;
  assumption: string | null;
}

/**
 * How the cost of inline writes over those on dd-prefill is taken apart: as a chain of cells, of which each differs from
 * the one before it in one thing. So the parts add up to the whole. A step whose cell was not measured is joined with
 * the next one, and their part has both names.
 *
 * @param inline the cell whose cost is taken apart; @param punts whether its writes punt.
 */
export function costRecipes(inline: Source, punts: boolean, has: Has): Recipe[] {
  const prefilled: Source = { ...inline, preparation: "dd-prefill" };
  if (!punts) {
    const name = workNames(inline.preparation).join(" and ");
    const assumption = "nothing is punted, so all of it is filesystem work";
    return [{ name, to: inline, from: prefilled, assumption }];
  }
  const parts: Recipe[] = [];
  let from = prefilled;
  let names: string[] = [];
  for (const { name, to, assumption } of stepsTo(inline)) {
    names.push(name);
    if (to !== inline && !has(to)) continue;
    const joined =
      names.length > 1 ? "not told apart: a control arm between them is missing" : null;
    parts.push({ name: names.join(", "), to, from, assumption: joined ?? assumption });
    from = to;
    names = [];
  }
  return parts;
}

/** At depth 1 there is no batch, and nobody to share a lock with. */
function stepsTo(inline: Source): Step[] {
  const { preparation, queueDepth } = inline;
  const alone = queueDepth === 1;
  const at = (arm: Arm, state: Preparation): Source => ({ preparation: state, arm, queueDepth });
  const forced = (state: Preparation) => at(alone ? "forced" : "forced-own-files", state);
  const handOff: Step = {
    name: "hand-off",
    to: at("forced", "dd-prefill"),
    assumption: "a forced punt hands over as a natural one does",
  };
  const batching: Step = {
    name: "lost batching and wake-ups",
    to: at("unbatched", "dd-prefill"),
    assumption: "a punting write is submitted and reaped by itself",
  };
  const assumption = alone ? null : "the work on a file for each slot is that on one file";
  const [first, second] = workNames(preparation) as [string, string?];
  const work: Step[] = second
    ? [
        { name: first, to: forced("fallocate-0"), assumption },
        { name: second, to: forced(preparation), assumption },
      ]
    : [{ name: first, to: forced(preparation), assumption }];
  const attempt = { name: "refused attempt", assumption: "a forced write skips it" };
  if (alone) return [handOff, ...work, { ...attempt, to: inline }];
  return [
    batching,
    handOff,
    ...work,
    { ...attempt, to: at("own-files", preparation) },
    {
      name: "lock contention",
      to: inline,
      assumption: "what all files share, such as the journal, is in the filesystem's work",
    },
  ];
}

/** Names of the work that a filesystem does for a first write, beyond that on written blocks. */
function workNames(preparation: Preparation): string[] {
  if (preparation === "no-fallocate") return ["allocation, conversion and size change"];
  if (preparation === "keep-size") return ["unwritten conversion", "size change"];
  return ["unwritten conversion"];
}
