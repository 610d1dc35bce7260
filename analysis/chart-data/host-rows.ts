import { median } from "simple-statistics";
import { METRICS, type Metric } from "../../results/metrics.js";
import { seriesName } from "../../results/scenario.js";
import { seedOf } from "../../results/seeded-random.js";
import type { Cell } from "../cells/cell.js";
import { subjectName } from "../cells/subject.js";
import { valuesByUnit } from "../cells/values.js";
import { type HostRow, hostsChart } from "../charts/hosts-chart.js";
import type { Chart } from "../charts/spec.js";
import { NO_WRITE } from "../estimates/change.js";
import { commonSpending } from "../estimates/spending.js";
import type { Analysis } from "../loading/analysis.js";
import { significant } from "./estimate-rows.js";
import { contextOf, type Scope, scopeOf, usualDepth, withTimesOf } from "./scope.js";

const NS_PER_US = 1000;
/** Points of a strip; with more, neither the file nor the eye gains anything. */
const HOSTS_MAX = 300;

/** Strips of the hosts of a fleet at their usual depth: times where they were measured, else punts; none without several hosts. */
export function hostFigures(analysis: Analysis): Chart[] {
  const all = analysis.unit === "host" ? scopeOf(analysis, () => true) : null;
  if (all === null) return [];
  const real = withTimesOf(all, false);
  if (real === null) return figure(all, "puntRatio", "punts per write", 1);
  const cpu = commonSpending(real.slice.cells, "cpuNs");
  return [
    ...figure(real, cpu, `${METRICS[cpu].title}, µs`, NS_PER_US),
    ...figure(real, "latencyNsP99", "latency p99, µs", NS_PER_US),
  ];
}

function figure(scope: Scope, metric: Metric, valueTitle: string, divisor: number): Chart[] {
  const inline = scope.slice.cells.filter(({ scenario }) => scenario.arm === "inline");
  const depth = usualDepth(inline);
  const rows = inline
    .filter(({ scenario }) => scenario.queueDepth === depth)
    .flatMap((cell) => rowsOf(cell, metric, divisor, scope));
  if (rows.length === 0) return [];
  const title = `Hosts: ${METRICS[metric].title} at queue depth ${depth}`;
  const spec = hostsChart(title, valueTitle, rows, contextOf(scope, ""));
  return [{ name: `hosts-${metric}`, spec }];
}

function rowsOf(cell: Cell, metric: Metric, divisor: number, { all }: Scope): HostRow[] {
  const ratios = valuesByUnit(cell, "puntRatio");
  const hosts = [...valuesByUnit(cell, metric)].map(([host, values]) => ({
    kernel: subjectName(cell.subject, all),
    series: seriesName(cell.scenario),
    host: String(host),
    value: significant(median(values) / divisor),
    execution: executionOf(ratios.get(host)),
    jitter: (seedOf(String(host)) % 1000) / 1000,
  }));
  return thinned(hosts.sort((a, b) => a.value - b.value));
}

/** Every n-th host by value, with both ends, so that the strip keeps its shape, its median and its outliers. */
function thinned(sorted: readonly HostRow[]): HostRow[] {
  const every = Math.ceil(sorted.length / HOSTS_MAX);
  return sorted.filter((_, index) => index % every === 0 || index === sorted.length - 1);
}

function executionOf(ratios: number[] | undefined): HostRow["execution"] {
  if (ratios === undefined) return "punts not measured";
  return median(ratios) > NO_WRITE ? "writes punt" : "no write punts";
}
