import { type Column, renderTable } from "../../terminal/table.js";
import type { CheckReport, PlantReport } from "./check.js";

const COLUMNS: Column[] = [
  { title: "planted" },
  { title: "cause" },
  { title: "writes", align: "right" },
  { title: "punts", align: "right" },
  { title: "named", align: "right" },
  { title: "unknown", align: "right" },
  { title: "outcome" },
  { title: "evidence" },
];

export function printedCheck({
  kernelRelease,
  filesystem,
  backendWhat,
  plants,
}: CheckReport): string {
  const title = `${kernelRelease}, ${filesystem}, observed with ${backendWhat}: causes made on purpose`;
  return `${title}\n\n${renderTable(COLUMNS, plants.map(row))}\n`;
}

function row({
  plant,
  cause,
  writes,
  punts,
  named,
  unknown,
  wrong,
  outcome,
  evidence,
}: PlantReport) {
  const strays = Object.entries(wrong).map(([other, count]) => `${other} ${count}`);
  return [
    ...[plant, cause],
    ...[writes, punts, named, unknown].map(String),
    [outcome, ...strays].join(" "),
    evidence,
  ];
}
