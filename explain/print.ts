import { describe } from "../bench/run.js";
import { type Column, renderTable } from "../terminal/table.js";
import { CAUSE_WORDS } from "./causes.js";
import type { ExplainReport, ScenarioReport } from "./explain.js";
import type { PredictedCount } from "./summary.js";

const COLUMNS: Column[] = [
  { title: "scenario" },
  { title: "writes", align: "right" },
  { title: "punts", align: "right" },
  { title: "observed cause" },
  { title: "predicted" },
  { title: "submitter got" },
  { title: "worker got" },
];

export function printedReport(report: ExplainReport): string {
  const { kernelRelease, filesystem, backendWhat, cannotSee, scenarios } = report;
  const lines = [
    `${kernelRelease}, ${filesystem}, observed with ${backendWhat}`,
    ...(cannotSee.length > 0 ? [`Not to be seen with them here: ${cannotSee.join("; ")}.`] : []),
    "",
    renderTable(COLUMNS, scenarios.flatMap(rowsOf)),
    "",
    ...scenarios.flatMap((scenario) => [paragraph(scenario, report), ""]),
    ...scenarios.flatMap(({ events }) => events ?? []),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

/** A line for each cause; the scenario's own figures stand in the first. */
function rowsOf(report: ScenarioReport): string[][] {
  const name = describe(report.scenario);
  if (report.skippedReason !== null)
    return [[name, "", "", `skipped: ${report.skippedReason}`, "", "", ""]];
  const observed = report.causes.map(({ cause, punts }) => `${cause} ${punts}`);
  const predicted = report.predicted.map(({ cause, punts, writes }) =>
    punts === false
      ? `no punt ${writes}`
      : `${cause} ${punts === "tick" ? "now and then" : writes}`,
  );
  const submitter = results(report.submitterGot);
  const worker = results(report.workerGot);
  const height = Math.max(1, observed.length, predicted.length, submitter.length, worker.length);
  return Array.from({ length: height }, (_, row) => [
    row === 0 ? name : "",
    row === 0 ? String(report.writes) : "",
    row === 0 ? String(report.punts) : "",
    observed[row] ?? (row === 0 ? "-" : ""),
    predicted[row] ?? "",
    submitter[row] ?? "",
    worker[row] ?? (row === 0 ? "-" : ""),
  ]);
}

function results(got: Record<string, number>): string[] {
  return Object.entries(got).map(([result, count]) => `${result} x ${count}`);
}

/** The same in plain words, with the evidence. */
export function paragraph(
  report: ScenarioReport,
  { kernelRelease, filesystem }: ExplainReport,
): string {
  const name = `${describe(report.scenario)} on ${kernelRelease}, ${filesystem}`;
  if (report.skippedReason !== null) return `${name}: skipped, ${report.skippedReason}.`;
  return [
    `${name}: ${verdicts(report)}`,
    ...(report.issuedInline > 0 && report.punts > 0
      ? [`${report.issuedInline} writes were issued inline.`]
      : []),
    ...report.causes.map(
      ({ evidence, cause, curedBy }) =>
        `Seen (${cause}): ${evidence}. ${curedBy === null ? "No cure is known." : `Cure: ${curedBy}.`}`,
    ),
    ...agreement(report),
    ...(report.lostEvents > 0
      ? [`${report.lostEvents} events did not fit into the buffer: choose a smaller --file-size.`]
      : []),
  ].join("\n  ");
}

function verdicts({ writes, punts, causes }: ScenarioReport): string {
  if (punts === 0) return `none of ${writes} writes punted.`;
  const parts = causes.map(({ cause, punts: count, words }) => {
    const share = count === writes ? `all ${writes}` : `${count} of ${writes}`;
    return cause === "unknown"
      ? `${share} writes punted, and ${words}`
      : `${share} writes punted because ${words}`;
  });
  return `${parts.join("; ")}.`;
}

function agreement({ disagreements, predicted }: ScenarioReport): string[] {
  if (disagreements.length === 0) return [`As predicted: ${predicted.map(expected).join("; ")}.`];
  return disagreements.map(
    ({ writes, firstWrite, predicted: was, observed, evidence }) =>
      `FINDING: for ${writes} writes (the first is number ${firstWrite}) the rules expect ${was}, seen was ${observed}` +
      `${evidence === null ? "" : ` (${evidence})`}.`,
  );
}

function expected({ cause, punts, writes, kernelFunction }: PredictedCount): string {
  const where = kernelFunction === null ? "" : ` (${kernelFunction})`;
  const what = new Map<PredictedCount["punts"], string>([
    [true, `${writes} punts`],
    [false, `${writes} writes inline`],
    ["tick", "a punt once per clock tick"],
    [null, `${writes} writes that no rule decides`],
  ]).get(punts);
  return `${what}, ${CAUSE_WORDS[cause]}${where}`;
}
