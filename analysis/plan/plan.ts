import type { Metric } from "../../results/metrics.js";
import { PREPARATIONS } from "../../results/vocabulary.js";
import { UserError } from "../../terminal/errors.js";
import { groupBy } from "../cells/group-by.js";
import type { Unit } from "../cells/run.js";
import { slicesOf } from "../cells/slice.js";
import type { Subject } from "../cells/subject.js";
import { BOOTS_MIN } from "../estimates/change.js";
import { type PrefillBreakEven, prefillBreakEvens } from "../estimates/prefill.js";
import { commonSpending } from "../estimates/spending.js";
import type { Analysis } from "../loading/analysis.js";
import { type Capacity, capacityOf, type Demand, operatingPoints } from "./capacity.js";

/** Fewer cores for the same load, by another kernel or another preparation. */
export interface CoreSaving {
  kind: "kernel" | "preparation";
  from: Capacity;
  to: Capacity;
  cores: number;
  /** Of the side with fewer. Between kernels nothing is claimed below `BOOTS_MIN`. */
  boots: number;
  /** From the far ends of both intervals, so rather too wide. */
  lower: number;
  upper: number;
}

export interface Plan {
  demand: Demand;
  workload: string;
  /** Which spenders the cores sum. */
  cpu: Metric;
  capacities: Capacity[];
  savings: CoreSaving[];
  breakEvens: { subject: Subject; evens: PrefillBreakEven[] }[];
  leftOut: Subject[];
  /** What the figures are repeated over. */
  unit: Unit;
}

/** Throws UserError when all times are emulated. */
export function planFor(analysis: Analysis, demand: Demand): Plan {
  const real = analysis.cells.filter((cell) => !cell.subject.emulated && cell.runOf.length > 0);
  const [slice] = slicesOf(real);
  if (!slice) {
    throw new UserError(
      analysis.cells.some((cell) => cell.subject.emulated && cell.runOf.length > 0)
        ? "nothing to plan with: all results come from emulated machines, whose times mean nothing"
        : "nothing to plan with: the results hold no trial that succeeded",
      "Measure on the hardware in question: puntbench bench --queue-depths 1,2,4,8,16,32,64",
    );
  }
  const bySubject = groupBy([...slice.cells, ...slice.paced], (cell) => cell.subject);
  const cpu = commonSpending([...slice.cells, ...slice.paced], "cpuNs");
  const capacities = [...bySubject].flatMap(([subject, cells]) =>
    PREPARATIONS.flatMap((preparation) => {
      const points = operatingPoints(cells, preparation, cpu);
      return points.length > 0 ? [capacityOf(subject, preparation, points, demand)] : [];
    }),
  );
  const breakEvens = [...bySubject].map(([subject, cells]) => ({
    subject,
    evens: prefillBreakEvens(cells.filter((cell) => cell.scenario.intervalNs === 0)),
  }));
  const leftOut = analysis.subjects.filter((subject) => subject.emulated);
  const { workload } = slice;
  return {
    demand,
    workload,
    cpu,
    capacities,
    savings: coreSavings(capacities),
    breakEvens,
    leftOut,
    unit: analysis.unit,
  };
}

/** Each kernel against the newest one for the same preparation; each preparation against dd-prefill. */
function coreSavings(capacities: readonly Capacity[]): CoreSaving[] {
  return capacities.flatMap((from) => {
    const sameFilesystem = capacities.filter(
      (other) => other.subject.filesystem === from.subject.filesystem,
    );
    const newest = sameFilesystem.filter((other) => other.preparation === from.preparation).at(-1);
    const prefill = sameFilesystem.find(
      (other) => other.subject === from.subject && other.preparation === "dd-prefill",
    );
    return [
      newest && newest !== from ? coreSaving("kernel", from, newest) : null,
      prefill && prefill !== from ? coreSaving("preparation", from, prefill) : null,
    ].filter((found): found is CoreSaving => found !== null);
  });
}

/** Whether a saving may be claimed: what differs from boot to boot is in no interval of fewer boots. */
export function isTold({ kind, boots }: CoreSaving): boolean {
  return kind === "preparation" || boots >= BOOTS_MIN;
}

function coreSaving(kind: CoreSaving["kind"], from: Capacity, to: Capacity): CoreSaving | null {
  const [before, after] = [from.cores?.total, to.cores?.total];
  if (!before || !after) return null;
  return {
    kind,
    from,
    to,
    boots: Math.min(from.best?.iops.boots ?? 0, to.best?.iops.boots ?? 0),
    cores: before.point - after.point,
    lower: before.lower - after.upper,
    upper: before.upper - after.lower,
  };
}
