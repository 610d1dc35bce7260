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

/** What a difference of two cells is measured in; psync has no depth, so it only speaks for some. */
export type Quantity = "cpuNs" | "latencyNsP50" | "wallNs" | "instructions";

/** Whether a cell was measured, i.e. has at least one good trial. */
export type Has = (source: Source) => boolean;

const REST = "serialisation and contention";

/**
 * How the cost of a preparation over dd-prefill is taken apart at one depth.
 *
 * hand-off: forced against inline on dd-prefill, where the filesystem work is the same.
 * filesystem work: a control arm that never punts, on this preparation against dd-prefill.
 * the rest: what remains of inline against inline. A part whose arms were not measured is not
 * invented: it stays in the rest, whose name then says so.
 */
export function costRecipes(
  preparation: Preparation,
  queueDepth: number,
  quantity: Quantity,
  punts: boolean,
  has: Has,
): Recipe[] {
  const inline = (of: Preparation): Source => ({ preparation: of, arm: "inline", queueDepth });
  const whole = { plus: [inline(preparation)], minus: [inline("dd-prefill")] };
  if (!punts) {
    const [first, ...others] = workNames(preparation);
    const name = [first, ...others].join(" and ");
    return [{ name, ...whole, assumption: "nothing is punted, so all of it is filesystem work" }];
  }
  const parts: Recipe[] = [];
  const missing: string[] = [];
  const forced: Source = { preparation: "dd-prefill", arm: "forced", queueDepth };
  if (has(forced)) {
    parts.push({
      name: "hand-off",
      plus: [forced],
      minus: [inline("dd-prefill")],
      assumption: "a forced punt hands over as a natural one does",
    });
  } else missing.push("hand-off");
  const control = controlFor(preparation, queueDepth, quantity, has);
  if (control) parts.push(...filesystemWork(preparation, control, queueDepth, has));
  else missing.push("filesystem work");
  const rest = {
    name: [...missing, REST].join(", "),
    plus: [...whole.plus, ...parts.flatMap((part) => part.minus)],
    minus: [...whole.minus, ...parts.flatMap((part) => part.plus)],
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
 * CPU time of a write is nearly the same at any depth, so psync may speak for it. Latency and time
 * per write are not: at depth, a control that never punts queues for the same inode lock, so its
 * filesystem work holds the serialisation too, and the two cannot be told apart.
 */
function controlFor(
  preparation: Preparation,
  queueDepth: number,
  quantity: Quantity,
  has: Has,
): Arm | null {
  if (quantity !== "cpuNs" && quantity !== "instructions" && queueDepth > 1) return null;
  const usable = (arm: Arm): boolean =>
    [preparation, "dd-prefill" as const].every((of) => has(sourceOf(of, arm, queueDepth)));
  return (["psync", "libaio"] as const).find(usable) ?? null;
}

function sourceOf(preparation: Preparation, arm: Arm, queueDepth: number): Source {
  return { preparation, arm, queueDepth: arm === "psync" ? 1 : queueDepth };
}

function filesystemWork(
  preparation: Preparation,
  arm: Arm,
  queueDepth: number,
  has: Has,
): Recipe[] {
  const source = (of: Preparation): Source => sourceOf(of, arm, queueDepth);
  const assumption =
    arm === "psync" && queueDepth > 1 ? "the work of a write is the same at depth 1" : null;
  const names = workNames(preparation);
  if (preparation === "keep-size" && has(source("fallocate-0"))) {
    const [conversion, size] = names as [string, string];
    return [
      {
        name: conversion,
        plus: [source("fallocate-0")],
        minus: [source("dd-prefill")],
        assumption,
      },
      { name: size, plus: [source(preparation)], minus: [source("fallocate-0")], assumption },
    ];
  }
  const name = names.join(" and ");
  return [{ name, plus: [source(preparation)], minus: [source("dd-prefill")], assumption }];
}
