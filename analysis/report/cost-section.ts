import { METRICS } from "../../results/metrics.js";
import { FORCED_DIFFERS } from "../../results/vocabulary.js";
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

const ALL_ARMS = "bench --arms inline,unbatched,own-files,forced,forced-own-files,psync,libaio";

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
      "A punt is not one cost. Each part is the difference of two controls that differ in one thing. Depth 1: a blocking write (psync) against an inline one on dd-prefill (blocking wait: the thread waits, and in return no kernel worker completes the write); blocking writes on this preparation against dd-prefill (the filesystem's work); forced punts against blocking writes (hand-off); natural punts against forced ones (refused attempt). Larger depths: one write at a time against whole batches on dd-prefill (lost batching); the same filesystem's work as at depth 1; what a forced punt on a file for each slot costs more than these two (hand-off and blocking wait, which are not told apart there); natural punts against forced ones (refused attempt); one file against a file for each slot (lock contention).",
    ),
    text(
      `All differences are taken within a round. Parts whose control was not measured are named together. To measure all: ${ALL_ARMS}. The parts add up because of how they are made, so some of them are measured a second time, in other cells; the table says whether the sum with these adds up too. Where the two do not agree, the parts are named together. Where the forced arm used more workers than natural punts may, it separates nothing. What still differs: ${FORCED_DIFFERS} (see “serialised share of punts”).`,
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
      [
        ...head,
        "the whole, as measured",
        ...estimateWords(found, found.total),
        "",
        sumWords(found),
      ],
      ...checkRows(found, head),
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

function sumWords(found: CostBreakdown): string {
  const sum = found.parts.reduce((all, { value }) => all + value.point, found.base.point);
  const { lower, upper } = found.total;
  const within = lower <= sum && sum <= upper ? "within" : "NOT within";
  return `the parts add up to ${amountWords(found, sum)}, ${within} this interval`;
}

/** Not parts: what the parts say, measured a second time. */
function checkRows(found: CostBreakdown, head: readonly string[]): string[][] {
  const row = (name: string, value: Estimate, from: string) => [
    ...head,
    name,
    ...estimateWords(found, value),
    "",
    from,
  ];
  return found.checks.flatMap(({ name, byParts, bySecond, from, difference, agrees }) => [
    row(`check: ${name}, by the parts`, byParts, "as above"),
    row(`check: ${name}, a second time`, bySecond, from),
    row(
      "check: what the sum is wrong by, if the second is right",
      difference,
      agrees
        ? "agrees: the sum is right within this interval"
        : "does NOT agree: named together above",
    ),
  ]);
}

function estimateWords(found: CostBreakdown, value: Estimate): [string, string] {
  const [point, lower, upper] = [value.point, value.lower, value.upper].map((amount) =>
    amountWords(found, amount),
  ) as [string, string, string];
  return [point, `${lower} to ${upper}`];
}

function amountWords({ quantity }: CostBreakdown, amount: number): string {
  return formatMetric(quantity === "wallNs" ? "cpuNs" : quantity, amount);
}
