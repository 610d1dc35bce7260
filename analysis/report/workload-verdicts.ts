import { formatPercent } from "../../terminal/percent.js";
import { plural } from "../../terminal/plural.js";
import { numberColumns, textColumns } from "../../terminal/table.js";
import { formatChange, formatChangeInterval } from "../estimates/format.js";
import { verdictWords } from "../estimates/verdict.js";
import {
  isFrequent,
  type OperationAt,
  type Place,
  WORKLOAD_THRESHOLD_RATIO,
  type Workload,
} from "../estimates/workload.js";
import { type Block, table } from "./model.js";

/** Punts of each file and operation against those at the base, as `compare` judges them; null: nothing can be judged. */
export function verdictTable({ operations }: Workload, base: Place): Block | null {
  const found = operations.filter(isFrequent).flatMap((operation) => {
    const from = operation.at.find(({ place }) => place === base) as OperationAt;
    return operation.at
      .filter((to) => to !== from && to.puntRatio !== null && from.puntRatio !== null)
      .map((to) => ({ operation, from, to }));
  });
  if (found.every(({ to }) => to.verdict === "not enough data")) return null;
  const columns = [
    ...textColumns("file", "operation", "kernel"),
    ...numberColumns("punts", "change", "interval"),
    ...textColumns("verdict", "rests on"),
  ];
  const rows = found.map(({ operation, from, to }) => [
    operation.file,
    operation.operation,
    to.place.name,
    `${formatPercent(from.puntRatio ?? 0)} → ${formatPercent(to.puntRatio ?? 0)}`,
    to.change === null ? "-" : formatChange(to.change),
    to.change === null ? "-" : formatChangeInterval(to.change),
    verdictWords(to.verdict, WORKLOAD_THRESHOLD_RATIO),
    basisWords(from, to),
  ]);
  return table(columns, rows);
}

function basisWords(from: OperationAt, to: OperationAt): string {
  if (to.change?.basis === "counts") return "all punt, or none";
  const [before, after] = [from.byBoot.length, to.byBoot.length];
  return before === after
    ? `${plural(after, "boot")} each`
    : `${before} and ${plural(after, "boot")}`;
}
