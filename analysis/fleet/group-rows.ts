import { median } from "simple-statistics";
import type { Metric } from "../../results/metrics.js";
import { compareScenarios } from "../../results/scenario.js";
import type { Scenario } from "../../results/schema.js";
import type { Cell } from "../cells/cell.js";
import { compareSubjects, type Subject } from "../cells/subject.js";
import { bootsOf, valuesByUnit } from "../cells/values.js";
import { NO_WRITE } from "../estimates/change.js";
import { type Estimate, estimate } from "../estimates/estimate.js";
import { commonSpending } from "../estimates/spending.js";

/** One scenario in one group: medians of hosts, each the median of its trials, with intervals over hosts. */
export interface GroupRow {
  subject: Subject;
  scenario: Scenario;
  hosts: number;
  /** Hosts of whose writes more than one in a hundred punts; null: punts were not counted. */
  hostsThatPunt: number | null;
  /** By metric; null: not measured, or emulated times. */
  estimates: Map<Metric, Estimate | null>;
}

/** The columns; CPU is the sum of spenders that all of these cells have. */
export function groupMetrics(cells: readonly Cell[]): Metric[] {
  return ["puntRatio", "iops", "latencyNsP50", "latencyNsP99", commonSpending(cells, "cpuNs")];
}

/** Groups of one scenario stand together. */
export function groupRows(cells: readonly Cell[]): GroupRow[] {
  const metrics = groupMetrics(cells);
  return cells
    .filter((cell) => cell.runOf.length > 0)
    .sort(
      (a, b) => compareScenarios(a.scenario, b.scenario) || compareSubjects(a.subject, b.subject),
    )
    .map((cell) => ({
      subject: cell.subject,
      scenario: cell.scenario,
      hosts: bootsOf(cell),
      hostsThatPunt: hostsThatPunt(cell),
      estimates: new Map(metrics.map((metric) => [metric, estimateIn(cell, metric)])),
    }));
}

function estimateIn(cell: Cell, metric: Metric): Estimate | null {
  return cell.subject.emulated && metric !== "puntRatio" ? null : estimate(cell, metric);
}

function hostsThatPunt(cell: Cell): number | null {
  const hosts = [...valuesByUnit(cell, "puntRatio").values()];
  return hosts.length === 0 ? null : hosts.filter((ratios) => median(ratios) > NO_WRITE).length;
}
