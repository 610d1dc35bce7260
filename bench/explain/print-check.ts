import { type Column, renderTable } from "../../terminal/table.js";
import type { CheckReport, InjectionReport } from "./check.js";

const COLUMNS: Column[] = [
  { title: "injected" },
  { title: "cause" },
  { title: "writes", align: "right" },
  { title: "punts", align: "right" },
  { title: "named", align: "right" },
  { title: "unknown", align: "right" },
  { title: "outcome" },
  { title: "evidence" },
];

export function printedCheck(report: CheckReport): string {
  const { kernelRelease, filesystem, backendWhat, plants } = report;
  const title = `${kernelRelease}, ${filesystem}, observed with ${backendWhat}: causes injected on purpose`;
  return `${title}\n\n${renderTable(COLUMNS, plants.map(row))}\n`;
}

function row(report: InjectionReport): string[] {
  const wrong = Object.entries(report.wrong).map(([cause, count]) => `${cause} ${count}`);
  return [
    report.plant,
    report.cause,
    String(report.writes),
    String(report.punts),
    String(report.named),
    String(report.unknown),
    [report.outcome, ...wrong].join(" "),
    report.evidence,
  ];
}
