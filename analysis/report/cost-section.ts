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
      "A punt is not one cost. Each part is the difference of two controls that differ in one thing, in this order: submitting and reaping one write at a time (unbatched against inline, on dd-prefill), the hand-off to a worker (forced against that), the filesystem's own work (forced writes on this preparation against dd-prefill, each slot with its own file), the attempt that the filesystem refuses (natural against forced punts, each slot with its own file), and the lock of the one inode (one file against a file for each slot).",
    ),
    text(
      "The forced arm may use as many workers as natural punts may. From 6.12 on it can still differ: its punts are never serialised by their inode, natural ones are on some filesystems (see “serialised share of punts”). Where it used more workers, it separates nothing. All differences are taken within a round. Parts whose control was not measured are named together. To measure all: bench --arms inline,unbatched,own-files,forced,forced-own-files,psync. The parts add up because of how they are made; psync, which no part uses, checks the filesystem's work.",
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

/** Not a part: the filesystem's work by another way, beside what the parts say of it. */
function checkRows(found: CostBreakdown, head: readonly string[]): string[][] {
  if (!found.check) return [];
  const { byPunts, byPsync, difference, agrees } = found.check;
  const verdict = agrees ? "the two agree within the interval" : "the two do NOT agree";
  const row = (name: string, value: Estimate, from: string) => [
    ...head,
    name,
    ...estimateWords(found, value),
    "",
    from,
  ];
  return [
    row("check: the filesystem's work by forced punts", byPunts, "sum of its parts"),
    row("check: the same work by psync", byPsync, "no io_uring, no worker, one write at a time"),
    row("check: difference", difference, verdict),
  ];
}

function estimateWords({ quantity }: CostBreakdown, value: Estimate): [string, string] {
  const metric = quantity === "wallNs" ? "cpuNs" : quantity;
  const words = (amount: number): string => formatMetric(metric, amount);
  return [words(value.point), `${words(value.lower)} to ${words(value.upper)}`];
}
