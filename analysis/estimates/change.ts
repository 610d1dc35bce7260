import { median } from "simple-statistics";
import type { Metric } from "../../results/metrics.js";
import { scenarioKey } from "../../results/scenario.js";
import { seededRandom, seedOf } from "../../results/seeded-random.js";
import type { Cell } from "../cells/cell.js";
import { type Scale, valuesByRound, valuesByUnit } from "../cells/values.js";
import { pairedShift, SHIFT_VALUES_MAX, type Shift, unpairedShift } from "../statistics/shift.js";
import { estimate } from "./estimate.js";

/** From how many boots on each side one kernel may be judged against another. */
export const BOOTS_MIN = 3;

/**
 * What an interval rests on. `rounds`: pairs within one run. `boots`: at least `BOOTS_MIN` boots on each side.
 * `trials`: fewer boots, so that what differs from boot to boot is not in the interval, and no verdict may rest on
 * it. `counts`: every write punts or none does, which does not vary.
 */
export type Basis = "rounds" | "boots" | "trials" | "counts";

/** How B differs from A: B / A, or B - A where a ratio has no meaning (shares, which may be 0). */
export interface Change {
  kind: "ratio" | "difference";
  /** Of the two medians. */
  point: number;
  /** The interval is computed around the Hodges-Lehmann or Welch estimate and widened until it holds the point. */
  lower: number;
  upper: number;
  /** Confidence of the interval: 0.95, or more where many changes were judged together. */
  level: number;
  /** Two-sided evidence against "no change". */
  p: number;
  basis: Basis;
}

const DIFFERENCES: ReadonlySet<Metric> = new Set<Metric>(["puntRatio", "hashedRatio"]);

/**
 * Paired by round when both cells were measured in the same run, by host when the same hosts were measured on both sides,
 * else by boots when both have enough of them, else by trials. null: not measured in one of them, or too few values.
 */
export function changeBetween(a: Cell, b: Cell, metric: Metric, level = 0.95): Change | null {
  const [from, to] = [estimate(a, metric), estimate(b, metric)];
  if (!from || !to) return null;
  const kind = DIFFERENCES.has(metric) ? "difference" : "ratio";
  const point = kind === "ratio" ? to.point / from.point : to.point - from.point;
  const found = shiftBetween(a, b, metric, level);
  if (!found || !Number.isFinite(point)) return null;
  const { shift, basis } = found;
  const back = kind === "ratio" ? Math.exp : (value: number) => value;
  const lower = Math.min(point, back(shift.lower));
  const upper = Math.max(point, back(shift.upper));
  return { kind, point, lower, upper, level, p: shift.p, basis };
}

interface Found {
  /** Of logarithms where the change is a ratio. */
  shift: Shift;
  basis: Basis;
}

function shiftBetween(a: Cell, b: Cell, metric: Metric, level: number): Found | null {
  // The log of 0 is not finite: a trial with such a value is left out.
  const scale: Scale = DIFFERENCES.has(metric) ? (value) => value : Math.log;
  const [from, to] = [valuesByUnit(a, metric, scale), valuesByUnit(b, metric, scale)];
  const ofUnits = differencesOfUnits(from, to);
  const ofRounds = pairsByRound(a, b, metric, scale).map(([before, after]) => after - before);
  const paired = (differences: readonly number[], basis: Basis): Found | null => {
    const random = seededRandom(seedOf(seedWords(a, b, metric)));
    return foundOf(pairedShift(batched(differences), random, level), basis);
  };
  // Rounds of one host say nothing of another, also where both cells are of the same runs.
  const overHosts = a.bootOfRun.unit === "host" && ofUnits.length >= BOOTS_MIN;
  if (ofRounds.length >= 2 && !overHosts) return paired(ofRounds, "rounds");
  if (ofUnits.length >= BOOTS_MIN) return paired(ofUnits, "boots");
  return shiftOfBoots([...from.values()], [...to.values()], level, metric === "puntRatio");
}

type ByUnit = ReadonlyMap<string | number, number[]>;

/** Of hosts that were measured on both sides, as before and after an upgrade; empty unless that is one side at least. */
function differencesOfUnits(from: ByUnit, to: ByUnit): number[] {
  const shared = [...from].flatMap(([unit, values]): [number[], number[]][] => {
    const others = to.get(unit);
    return others === undefined ? [] : [[values, others]];
  });
  if (shared.length < Math.min(from.size, to.size)) return [];
  return shared.map(([values, others]) => median(others) - median(values));
}

/**
 * By how much punt ratios differ that do not come from trials, such as those of a replayed file.
 * @param from the ratios of each boot together.
 */
export function puntRatioChange(from: ByBoot, to: ByBoot, level = 0.95): Change | null {
  const found = shiftOfBoots(from, to, level, true);
  if (found === null) return null;
  const { shift, basis } = found;
  const point =
    median(to.map((values) => median(values))) - median(from.map((values) => median(values)));
  const lower = Math.min(point, shift.lower);
  const upper = Math.max(point, shift.upper);
  return { kind: "difference", point, lower, upper, level, p: shift.p, basis };
}

type ByBoot = readonly number[][];

function shiftOfBoots(from: ByBoot, to: ByBoot, level: number, arePunts: boolean): Found | null {
  if (from.length >= BOOTS_MIN && to.length >= BOOTS_MIN) {
    return foundOf(unpairedShift(from.map(median), to.map(median), level), "boots");
  }
  const certain = arePunts ? allOrNothing(from.flat(), to.flat()) : null;
  return certain ?? foundOf(unpairedShift(from.flat(), to.flat(), level), "trials");
}

function foundOf(shift: Shift | null, basis: Basis): Found | null {
  return shift && { shift, basis };
}

function seedWords(a: Cell, b: Cell, metric: Metric): string {
  return `${metric} ${a.subject.id} ${scenarioKey(a.scenario)} ${b.subject.id} ${scenarioKey(b.scenario)}`;
}

/** At these shares a count stands for every write or for none: the first write of a file may differ. */
const EVERY_WRITE = 0.99;
export const NO_WRITE = 0.01;

/** When every write of a trial punts, or none, one trial is enough to be certain. */
function allOrNothing(from: readonly number[], to: readonly number[]): Found | null {
  const certain = (ratio: number): boolean => ratio >= EVERY_WRITE || ratio < NO_WRITE;
  if (from.length === 0 || to.length === 0) return null;
  if (![...from, ...to].every(certain)) return null;
  const point = median(to as number[]) - median(from as number[]);
  const equal = Math.abs(point) < 0.5;
  const lower = equal ? Math.min(0, point) : point;
  const upper = equal ? Math.max(0, point) : point;
  return { shift: { point, lower, upper, p: equal ? 1 : 0 }, basis: "counts" };
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
