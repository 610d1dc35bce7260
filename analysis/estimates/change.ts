import { median } from "simple-statistics";
import { METRICS, type Metric } from "../../results/metrics.js";
import { scenarioKey } from "../../results/scenario.js";
import { seededRandom, seedOf } from "../../results/seeded-random.js";
import type { Cell } from "../cells/cell.js";
import { type Scale, valuesByBoot, valuesByRound } from "../cells/values.js";
import { pairedShift, SHIFT_VALUES_MAX, type Shift, unpairedShift } from "../statistics/shift.js";

/** What was resampled for an interval. Only several boots show how much one boot differs from another. */
export type Basis = "rounds" | "trials" | "boots";

/** How B differs from A: B / A, or B - A where a ratio has no meaning (shares, which may be 0). */
export interface Change {
  kind: "ratio" | "difference";
  point: number;
  lower: number;
  upper: number;
  /** Two-sided evidence against "no change". */
  p: number;
  basis: Basis;
}

const DIFFERENCES: ReadonlySet<Metric> = new Set<Metric>(["puntRatio", "hashedRatio"]);

/**
 * Paired by round when both cells were measured in the same run, else by boots when both have
 * several, else by trials. null: not measured in one of them, or too few values.
 */
export function changeBetween(a: Cell, b: Cell, metric: Metric, level = 0.95): Change | null {
  const random = seededRandom(
    seedOf(
      `${metric} ${a.subject.id} ${scenarioKey(a.scenario)} ${b.subject.id} ${scenarioKey(b.scenario)}`,
    ),
  );
  const kind = DIFFERENCES.has(metric) ? "difference" : "ratio";
  // The log of 0 is not finite: a trial with such a value is left out.
  const scale: Scale = kind === "ratio" ? Math.log : (value) => value;
  const pairs = pairsByRound(a, b, metric, scale);
  if (pairs.length >= 2) {
    const differences = batched(pairs.map(([from, to]) => to - from));
    return changeFrom(pairedShift(differences, random, level), kind, "rounds");
  }
  const [bootsA, bootsB] = [valuesByBoot(a, metric, scale), valuesByBoot(b, metric, scale)];
  const severalBoots = bootsA.length >= 2 && bootsB.length >= 2;
  const unitsOf = (boots: number[][]): number[] =>
    severalBoots ? boots.map((values) => median(values)) : boots.flat();
  const [from, to] = [unitsOf(bootsA), unitsOf(bootsB)];
  const shift = unpairedShift(batched(from), batched(to), random, level);
  if (!shift && metric === "puntRatio") return allOrNothing(from, to);
  return changeFrom(shift, kind, severalBoots ? "boots" : "trials");
}

/** At these shares a count stands for every write or for none: the first write of a file may differ. */
const EVERY_WRITE = 0.99;
const NO_WRITE = 0.01;

/** When every write of a trial punts, or none, one trial is enough to be certain. */
function allOrNothing(from: readonly number[], to: readonly number[]): Change | null {
  const certain = (ratio: number): boolean => ratio >= EVERY_WRITE || ratio < NO_WRITE;
  if (from.length === 0 || to.length === 0) return null;
  if (![...from, ...to].every(certain)) return null;
  const point = median(to as number[]) - median(from as number[]);
  const p = Math.abs(point) < 0.5 ? 1 : 0;
  return { kind: "difference", point, lower: point, upper: point, p, basis: "trials" };
}

function changeFrom(shift: Shift | null, kind: Change["kind"], basis: Basis): Change | null {
  if (!shift) return null;
  const back = kind === "ratio" ? Math.exp : (value: number) => value;
  const { point, lower, upper, p } = shift;
  return { kind, point: back(point), lower: back(lower), upper: back(upper), p, basis };
}

/** Values of the same round of the same run; empty when the cells share no run. */
function pairsByRound(a: Cell, b: Cell, metric: Metric, scale: Scale): [number, number][] {
  const inA = valuesByRound(a, metric, scale);
  return [...valuesByRound(b, metric, scale)].flatMap(([round, to]): [number, number][] => {
    const from = inA.get(round);
    return from === undefined ? [] : [[from, to]];
  });
}

/** Shortens long runs to medians of neighbouring trials, so that slow drift stays visible between them. */
function batched(values: readonly number[]): readonly number[] {
  if (values.length <= SHIFT_VALUES_MAX) return values;
  const size = Math.ceil(values.length / SHIFT_VALUES_MAX);
  const batches: number[] = [];
  for (let start = 0; start < values.length; start += size) {
    batches.push(median(values.slice(start, start + size)));
  }
  return batches;
}

export type ChangeVerdict = "better" | "worse" | "same" | "not enough data";

/**
 * A change counts when its interval does not hold "no change" and the change is at least the threshold. The first
 * condition guards against chance, the second against changes too small to act on. It is "same" when the interval
 * rules out changes beyond twice the threshold, or when the change is certain but small.
 *
 * @param threshold share, e.g. 0.05; for a difference of shares it is that difference.
 * @param stands false when `benjaminiHochberg` rejected the finding.
 */
export function verdictOf(
  change: Change | null,
  metric: Metric,
  threshold: number,
  stands = true,
): ChangeVerdict {
  if (!change) return "not enough data";
  const [none, size] = change.kind === "ratio" ? [1, Math.log1p] : [0, (value: number) => value];
  const distance = (value: number): number =>
    change.kind === "ratio" ? Math.log(value) : value - none;
  const clear = change.lower > none || change.upper < none;
  const large = Math.abs(distance(change.point)) >= size(threshold) - 1e-12;
  if (clear && large) {
    if (!stands) return "not enough data";
    const improved =
      METRICS[metric].better === "higher" ? change.point > none : change.point < none;
    return improved ? "better" : "worse";
  }
  const farthest = Math.max(Math.abs(distance(change.lower)), Math.abs(distance(change.upper)));
  if (clear || farthest <= size(2 * threshold)) return "same";
  return "not enough data";
}
