import type { Arm, Preparation } from "../../results/vocabulary.js";

/** A cell of one subject, named without its sizes. */
export interface Source {
  preparation: Preparation;
  arm: Arm;
  queueDepth: number;
}

/** A sum of cells: what is added and what is taken away, all per write and in the same round. */
export interface Recipe {
  name: string;
  plus: Source[];
  minus: Source[];
  /** What has to be assumed to read this difference as that part. */
  assumption: string | null;
}

/** What a difference of two cells is measured in. */
export type Quantity = "cpuNs" | "latencyNsP50" | "wallNs" | "instructions";

/** Whether a cell was measured, i.e. has at least one good trial. */
export type Has = (source: Source) => boolean;

const REST = "serialisation and contention";

/**
 * How the cost of inline writes over those on dd-prefill is taken apart.
 *
 * hand-off: forced against inline on dd-prefill, where the filesystem work is the same.
 * filesystem work: a control arm that never punts, on this preparation against dd-prefill.
 * the rest: what remains of inline against inline. A part whose arms were not measured stays in the rest,
 * whose name then says so.
 *
 * @param inline the cell whose cost is taken apart; @param punts whether its writes punt.
 */
export function costRecipes(
  inline: Source,
  quantity: Quantity,
  punts: boolean,
  has: Has,
): Recipe[] {
  const { preparation, queueDepth } = inline;
  const prefilled: Source = { ...inline, preparation: "dd-prefill" };
  if (!punts) {
    const name = workNames(preparation).join(" and ");
    const assumption = "nothing is punted, so all of it is filesystem work";
    return [{ name, plus: [inline], minus: [prefilled], assumption }];
  }
  const parts: Recipe[] = [];
  const missing: string[] = [];
  const forced: Source = { preparation: "dd-prefill", arm: "forced", queueDepth };
  if (has(forced)) {
    const assumption = "a forced punt hands over as a natural one does";
    parts.push({ name: "hand-off", plus: [forced], minus: [prefilled], assumption });
  } else missing.push("hand-off");
  const control = controlFor(inline, quantity, has);
  if (control) parts.push(...filesystemWork(inline, control, has));
  else missing.push("filesystem work");
  const rest = {
    name: [...missing, REST].join(", "),
    plus: [inline, ...parts.flatMap((part) => part.minus)],
    minus: [prefilled, ...parts.flatMap((part) => part.plus)],
    assumption:
      missing.length > 0 ? `not told apart: ${missing.join(", ")} has no control arm` : null,
  };
  return [...parts, rest];
}

/** Names of the work that a filesystem does for a first write, beyond that on written blocks. */
function workNames(preparation: Preparation): string[] {
  if (preparation === "no-fallocate") return ["allocation, conversion and size change"];
  if (preparation === "keep-size") return ["unwritten conversion", "size change"];
  return ["unwritten conversion"];
}

/**
 * CPU time of a write is nearly the same at any depth, so psync, which has only depth 1, can stand for it. Latency
 * and time per write are not: at depth, a control that never punts queues for the same inode lock, so its
 * filesystem work holds the serialisation too, and the two cannot be told apart.
 */
function controlFor({ preparation, queueDepth }: Source, quantity: Quantity, has: Has): Arm | null {
  if (quantity !== "cpuNs" && quantity !== "instructions" && queueDepth > 1) return null;
  const usable = (arm: Arm): boolean =>
    has(controlOf(preparation, arm, queueDepth)) && has(controlOf("dd-prefill", arm, queueDepth));
  return (["psync", "libaio"] as const).find(usable) ?? null;
}

function controlOf(preparation: Preparation, arm: Arm, queueDepth: number): Source {
  return { preparation, arm, queueDepth: arm === "psync" ? 1 : queueDepth };
}

function filesystemWork({ preparation, queueDepth }: Source, arm: Arm, has: Has): Recipe[] {
  const assumption =
    arm === "psync" && queueDepth > 1 ? "the work of a write is the same at depth 1" : null;
  const step = (name: string, from: Preparation, to: Preparation): Recipe => ({
    name,
    plus: [controlOf(to, arm, queueDepth)],
    minus: [controlOf(from, arm, queueDepth)],
    assumption,
  });
  const [first, second] = workNames(preparation) as [string, string?];
  if (second !== undefined && has(controlOf("fallocate-0", arm, queueDepth))) {
    return [step(first, "dd-prefill", "fallocate-0"), step(second, "fallocate-0", preparation)];
  }
  return [step(workNames(preparation).join(" and "), "dd-prefill", preparation)];
}
