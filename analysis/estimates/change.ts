import { median } from "simple-statistics";
import type { Cell } from "../cells/cell.js";
import { scenarioKey } from "../cells/cells.js";
import { METRICS, type Metric } from "../metrics.js";
import { seededRandom, seedOf } from "../statistics/random.js";
import { pairedShift, SHIFT_VALUES_MAX, type Shift, unpairedShift } from "../statistics/shift.js";

/** What was resampled for an interval. Trials of one boot share its luck, which only boots can show. */
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
  const scale = kind === "ratio" ? Math.log : (value: number) => value;
  const pairs = pairsByRound(a, b, metric, scale);
  if (pairs.length >= 2) {
    const differences = batched(pairs.map(([from, to]) => to - from));
    return changeFrom(pairedShift(differences, random, level), kind, "rounds");
  }
  const boots = [bootMedians(a, metric, scale), bootMedians(b, metric, scale)] as const;
  const severalBoots = boots[0].length >= 2 && boots[1].length >= 2;
  const [from, to] = severalBoots
    ? boots
    : [measured(a, metric, scale), measured(b, metric, scale)];
  const shift = unpairedShift(batched(from), batched(to), random, level);
  if (!shift && metric === "puntRatio") return allOrNothing(from, to);
  return changeFrom(shift, kind, severalBoots ? "boots" : "trials");
}

/** From which shares on a count stands for every write or for none; the first of a file may differ. */
const EVERY_WRITE = 0.99;
const NO_WRITE = 0.01;

/** Every write or none, counted over thousands of writes, is certain from a single trial. */
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

type Scale = (value: number) => number;

/** log of 0 is not finite: such trials say nothing as a ratio. */
function measured(cell: Cell, metric: Metric, scale: Scale): number[] {
  return cell.values[metric].map(scale).filter(Number.isFinite);
}

function bootMedians(cell: Cell, metric: Metric, scale: Scale): number[] {
  const byBoot = new Map<number, number[]>();
  for (const [index, value] of cell.values[metric].entries()) {
    const scaled = scale(value);
    if (!Number.isFinite(scaled)) continue;
    const boot = cell.runOf[index] as number;
    const values = byBoot.get(boot);
    if (values) values.push(scaled);
    else byBoot.set(boot, [scaled]);
  }
  return [...byBoot.values()].map((values) => median(values));
}

/** Values of the same round of the same run; empty when the cells share no run. */
export function pairsByRound(
  a: Cell,
  b: Cell,
  metric: Metric,
  scale: Scale = (value) => value,
): [number, number][] {
  const inA = new Map<string, number>();
  for (const [index, value] of a.values[metric].entries()) {
    inA.set(`${a.runOf[index]}/${a.roundOf[index]}`, scale(value));
  }
  const pairs: [number, number][] = [];
  for (const [index, value] of b.values[metric].entries()) {
    const from = inA.get(`${b.runOf[index]}/${b.roundOf[index]}`);
    const to = scale(value);
    if (from !== undefined && Number.isFinite(from) && Number.isFinite(to)) pairs.push([from, to]);
  }
  return pairs;
}

/** Long runs are shortened to medians of neighbouring trials, which keeps drift within a batch. */
function batched(values: readonly number[]): readonly number[] {
  if (values.length <= SHIFT_VALUES_MAX) return values;
  const size = Math.ceil(values.length / SHIFT_VALUES_MAX);
  const batches: number[] = [];
  for (let start = 0; start < values.length; start += size) {
    batches.push(median(values.slice(start, start + size)));
  }
  return batches;
}

export type Verdict = "better" | "worse" | "same" | "not enough data";

/**
 * A change counts when its interval is clear of "no change" and it is at least as large as the
 * threshold: the first guards against chance, the second against what nobody would act on. It is
 * "same" when changes beyond twice the threshold are ruled out, or it is certain but small.
 *
 * @param threshold share, e.g. 0.05; for differences of shares it is taken absolutely.
 * @param stands false when the finding did not survive the judgement of all findings together.
 */
export function verdictOf(
  change: Change | null,
  metric: Metric,
  threshold: number,
  stands = true,
): Verdict {
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
