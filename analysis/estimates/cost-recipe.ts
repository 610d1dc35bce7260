import type { Arm, Preparation } from "../../results/vocabulary.js";

/** A cell of one subject, named without its sizes. */
export interface Source {
  preparation: Preparation;
  arm: Arm;
  queueDepth: number;
}

/** One cell less another, per write and in the same round. */
export interface Difference {
  to: Source;
  from: Source;
}

/** One part of a cost: a difference, or what is left of it when another one is taken away. */
export interface Recipe extends Difference {
  name: string;
  less: Difference | null;
  /** What has to be assumed to read this difference as that part. */
  assumption: string | null;
}

/** What a difference of two cells is measured in. */
export type Quantity = "cpuNs" | "latencyNsP50" | "wallNs" | "instructions";

/** Whether a cell was measured, can be compared, and no check speaks against it. */
export type Has = (source: Source) => boolean;

/** A step on the way from an inline write into written blocks to the write whose cost is taken apart. */
interface Step {
  name: string;
  to: Source;
  assumption: string | null;
}

const HAND_OFF_AND_WAIT = "hand-off and blocking wait";
/** A part that stands for the whole chain. */
const NOT_TOLD_APART = "the rest, not told apart";

/**
 * How the cost of inline writes over those on dd-prefill is taken apart: as a chain of cells, of which each differs from
 * the one before it in one thing. So the parts add up to the whole. A step whose cell was not measured is joined with
 * the next one, and their part has both names.
 *
 * @param inline the cell whose cost is taken apart; @param punts whether its writes punt.
 */
export function costRecipes(
  inline: Source,
  punts: boolean,
  quantity: Quantity,
  has: Has,
): Recipe[] {
  const prefilled: Source = { ...inline, preparation: "dd-prefill" };
  if (!punts) {
    const name = workNames(inline.preparation).join(" and ");
    const assumption = "nothing is punted, so all of it is filesystem work";
    return [{ name, to: inline, from: prefilled, less: null, assumption }];
  }
  if (inline.queueDepth === 1) {
    const byPsync = has(psync("dd-prefill")) && has(psync(inline.preparation));
    const steps = byPsync ? stepsByPsync(inline) : stepsByForced(inline);
    return named(chain(prefilled, steps, has));
  }
  const work = isWork(quantity) ? workByPsync(inline, has) : [];
  const whole: Difference = { to: psync(inline.preparation), from: psync("dd-prefill") };
  const parts = chain(prefilled, stepsAtDepth(inline, work.length > 0), has).map((part) =>
    work.length > 0 && part.name.includes(HAND_OFF_AND_WAIT) ? { ...part, less: whole } : part,
  );
  return [...work, ...named(parts)];
}

function named(parts: readonly Recipe[]): Recipe[] {
  return parts.map((part) => (parts.length === 1 ? { ...part, name: NOT_TOLD_APART } : part));
}

/** Amounts of work add up whoever does it, and whatever else runs. Times of writes that overlap do not. */
export function isWork(quantity: Quantity): boolean {
  return quantity === "cpuNs" || quantity === "instructions";
}

function chain(start: Source, steps: readonly Step[], has: Has): Recipe[] {
  const parts: Recipe[] = [];
  let from = start;
  let names: string[] = [];
  for (const [index, { name, to, assumption }] of steps.entries()) {
    names.push(name);
    if (index < steps.length - 1 && !has(to)) continue;
    const joined =
      names.length > 1
        ? "not told apart: a control arm between them is missing, or its check failed"
        : null;
    parts.push({ name: names.join(", "), to, from, less: null, assumption: joined ?? assumption });
    from = to;
    names = [];
  }
  return parts;
}

/** A worker that has to wait for a write is a thread that makes a blocking write, with a hand-off before it. */
function stepsByPsync(inline: Source): Step[] {
  const { preparation } = inline;
  const wait: Step = {
    name: "blocking wait",
    to: psync("dd-prefill"),
    assumption: "the thread waits, and in return no kernel worker completes the write",
  };
  const handOff: Step = {
    name: "hand-off",
    to: { ...inline, arm: "forced" },
    assumption: "a forced punt hands over as a natural one does",
  };
  return [wait, ...workSteps(preparation, psync), handOff, attempt(inline)];
}

/** Without psync. */
function stepsByForced(inline: Source): Step[] {
  const forced = (preparation: Preparation): Source => ({ ...inline, preparation, arm: "forced" });
  const handOff: Step = {
    name: "hand-off",
    to: forced("dd-prefill"),
    assumption: "a forced punt hands over as a natural one does",
  };
  const work = workSteps(inline.preparation, forced).map((step, index) =>
    index === 0 ? { ...step, name: `blocking wait, ${step.name}` } : step,
  );
  return [handOff, ...work, attempt(inline)];
}

/** Several writes at once: they lose their batches, and share the lock of their inode. */
function stepsAtDepth(inline: Source, workIsApart: boolean): Step[] {
  const { preparation, queueDepth } = inline;
  const at = (arm: Arm, state: Preparation): Source => ({ preparation: state, arm, queueDepth });
  const work = workNames(preparation).join(", ");
  return [
    {
      name: "lost batching and wake-ups",
      to: at("unbatched", "dd-prefill"),
      assumption: "a punting write is submitted and reaped by itself",
    },
    {
      name: workIsApart ? HAND_OFF_AND_WAIT : `${work}, ${HAND_OFF_AND_WAIT}`,
      to: at("forced-own-files", preparation),
      assumption: "a file for each slot has no other cost than one file, except its lock",
    },
    attempt(inline, at("own-files", preparation)),
    {
      name: "lock contention",
      to: inline,
      assumption: "what all files share, such as the journal, is in the parts before it",
    },
  ];
}

/** The filesystem's work, from blocking writes, which have no ring, no worker and nobody to share a lock with. */
function workByPsync({ preparation }: Source, has: Has): Recipe[] {
  if (!has(psync("dd-prefill")) || !has(psync(preparation))) return [];
  return chain(psync("dd-prefill"), workSteps(preparation, psync), has).map((part) => ({
    ...part,
    assumption: part.assumption ?? "a write does the same work when others run beside it",
  }));
}

function workSteps(preparation: Preparation, cell: (preparation: Preparation) => Source): Step[] {
  const [first, second] = workNames(preparation) as [string, string?];
  if (!second) return [{ name: first, to: cell(preparation), assumption: null }];
  return [
    { name: first, to: cell("fallocate-0"), assumption: null },
    { name: second, to: cell(preparation), assumption: null },
  ];
}

function attempt(inline: Source, to: Source = inline): Step {
  return { name: "refused attempt", to, assumption: "a forced write skips it" };
}

/** psync always writes one at a time. */
function psync(preparation: Preparation): Source {
  return { preparation, arm: "psync", queueDepth: 1 };
}

/** Names of the work that a filesystem does for a first write, beyond that on written blocks. */
function workNames(preparation: Preparation): string[] {
  if (preparation === "no-fallocate") return ["allocation, conversion and size change"];
  if (preparation === "keep-size") return ["unwritten conversion", "size change"];
  return ["unwritten conversion"];
}
