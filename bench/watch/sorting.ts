import type { Observation } from "./observation.js";

/** An order of the rows, and the key that chooses it. */
export interface Sorting {
  key: string;
  name: string;
  compare: (a: Observation, b: Observation) => number;
}

/** The order in which observations come: by requests that workers executed. */
export const BY_COST: Sorting = { key: "c", name: "cost", compare: () => 0 };

export const SORTINGS: readonly Sorting[] = [
  BY_COST,
  { key: "r", name: "requests", compare: (a, b) => b.requests - a.requests },
  { key: "l", name: "latency", compare: (a, b) => slowest(b) - slowest(a) },
  { key: "f", name: "file", compare: (a, b) => (a.file < b.file ? -1 : Number(a.file > b.file)) },
];

export function sorted(rows: readonly Observation[], { compare }: Sorting): Observation[] {
  return [...rows].sort(compare);
}

/** Rows whose latency was not measured come last. */
function slowest({ inlineNsP99, puntedNsP99 }: Observation): number {
  return Math.max(inlineNsP99 ?? -1, puntedNsP99 ?? -1);
}
