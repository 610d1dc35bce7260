import { METRICS } from "../../results/metrics.js";
import { numberColumns, textColumns } from "../../terminal/table.js";
import { groupBy } from "../cells/group-by.js";
import { slicesOf } from "../cells/slice.js";
import { subjectName } from "../cells/subject.js";
import type { Chart } from "../charts/spec.js";
import { type CostBreakdown, costBreakdowns, lostIops } from "../estimates/cost-breakdown.js";
import type { Estimate } from "../estimates/estimate.js";
import { formatMetric } from "../estimates/format.js";
import type { Analysis } from "../loading/analysis.js";
import { type Block, chartBlock, fold, type Section, table, text } from "./model.js";

/** Where the cost of a write goes; null when no preparation has a dd-prefill measured beside it. */
export function costSection(analysis: Analysis, charts: readonly Chart[]): Section | null {
  const [slice] = slicesOf(analysis.cells);
  if (!slice) return null;
  const breakdowns = [...groupBy(slice.cells, (cell) => cell.subject).values()]
    .flatMap((cells) => costBreakdowns(cells))
    .filter((found) => found.quantity === "instructions" || !found.subject.emulated);
  if (breakdowns.length === 0) return null;
  const blocks: Block[] = [
    text(
      "A punt is not one cost. The hand-off to a worker is seen on dd-prefill, where only the way of issuing differs (forced against inline). The forced arm may use as many workers as natural punts may; from 6.12 on it still differs in that its punts are not serialised by their inode. Where it used more workers, nothing is taken apart. The filesystem's own work is seen in a control that never punts (psync). What is left is waiting for each other: the inode lock, and workers fighting over it. All differences are taken within a round; a part that no control can tell from another is named together with it.",
    ),
    ...charts.map((chart) => chartBlock(chart)),
    fold(
      "Every part, with its interval and the arms it came from",
      partsTable(analysis, breakdowns),
    ),
  ];
  return { id: "cost", title: "What a write costs, and why", blocks };
}

function partsTable(analysis: Analysis, breakdowns: readonly CostBreakdown[]): Block {
  const rows = breakdowns.flatMap((found) => {
    const lost = found.quantity === "wallNs" ? lostIops(found) : null;
    const head = [
      subjectName(found.subject, analysis.subjects),
      found.preparation,
      String(found.queueDepth),
      found.quantity === "wallNs" ? "time per write (1 / IOPS)" : METRICS[found.metric].title,
    ];
    const base = [...head, "as on dd-prefill", ...estimateWords(found, found.base), "", ""];
    return [
      base,
      ...found.parts.map(({ name, value, from, assumption, uncertain }, index) => [
        ...head,
        `${name}${uncertain ? " (not told from 0)" : ""}`,
        ...estimateWords(found, value),
        lost ? formatMetric("iops", Math.abs(lost[index] as number)) : "",
        assumption ? `${from}; ${assumption}` : from,
      ]),
    ];
  });
  const columns = [
    ...textColumns("kernel", "preparation"),
    ...numberColumns("depth"),
    ...textColumns("quantity", "part"),
    ...numberColumns("value", "95 % interval", "IOPS lost"),
    ...textColumns("measured as"),
  ];
  return table(columns, rows);
}

function estimateWords({ quantity }: CostBreakdown, value: Estimate): [string, string] {
  const metric = quantity === "wallNs" ? "cpuNs" : quantity;
  const words = (amount: number): string => formatMetric(metric, amount);
  return [words(value.point), `${words(value.lower)} to ${words(value.upper)}`];
}
