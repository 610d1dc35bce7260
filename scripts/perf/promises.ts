import { type Interval, medianInterval } from "../../analysis/statistics/median-interval.js";
import type { Contender, Slice } from "./overwrite.js";

/** A bound that the project promises for a median. */
export interface Promised {
  at: "least" | "most";
  bound: number;
}

/** A median over slices or rounds; the interval is null where nothing was measured. */
export interface Figure {
  name: string;
  interval: Interval | null;
  promised: Promised | null;
}

interface Ratio {
  name: string;
  over: Contender;
  under: Contender;
  field: "iops" | "cpuNsPerWrite";
  promised: Promised | null;
}

/** The driver beside the others, at every depth. */
const RATIOS: readonly Ratio[] = [
  ratio("driverVsBareIops", "bare", "iops", { at: "least", bound: 0.97 }),
  ratio("driverVsTunedFioIops", "fio tuned", "iops", { at: "least", bound: 1 }),
  ratio("driverVsBareCpuPerWrite", "bare", "cpuNsPerWrite", { at: "most", bound: 1.1 }),
  ratio("driverVsTunedFioCpuPerWrite", "fio tuned", "cpuNsPerWrite", { at: "most", bound: 1 }),
  ratio("driverVsDefaultFioIops", "fio default", "iops", null),
  ratio("driverVsDefaultFioCpuPerWrite", "fio default", "cpuNsPerWrite", null),
];

/** Ratios within a slice, so that a disturbance of the machine affects both contenders. */
export function ratioFigures(slices: readonly Slice[]): Figure[] {
  return RATIOS.map(({ name, over, under, field, promised }) => {
    const values = slices.map((slice) => slice[over][field] / slice[under][field]);
    return figure(name, values, promised);
  });
}

export function figure(name: string, values: number[], promised: Promised | null = null): Figure {
  const sorted = values.toSorted((a, b) => a - b);
  return { name, interval: sorted.length === 0 ? null : medianInterval(sorted), promised };
}

/** Whether the median keeps the promise; null without a promise or a figure. */
export function isKept({ interval, promised }: Figure): boolean | null {
  if (interval === null || promised === null) return null;
  return promised.at === "least"
    ? interval.point >= promised.bound
    : interval.point <= promised.bound;
}

function ratio(
  name: string,
  under: Contender,
  field: Ratio["field"],
  promised: Promised | null,
): Ratio {
  return { name, over: "driver", under, field, promised };
}
