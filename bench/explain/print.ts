import { isDeepStrictEqual } from "node:util";
import { CAUSE_WORDS } from "../../results/cause-words.js";
import type { PredictedCount } from "../../results/explained-punts.js";
import { describeScenario } from "../../results/scenario.js";
import type { Scenario } from "../../results/schema.js";
import { type Column, renderTable } from "../../terminal/table.js";
import type { ExplainReport, ScenarioReport } from "./explain.js";
import { grouped } from "./summary.js";

const COLUMNS: Column[] = [
  { title: "scenario" },
  { title: "writes", align: "right" },
  { title: "punts", align: "right" },
  { title: "observed cause" },
  { title: "predicted" },
  { title: "submitter got" },
  { title: "worker got" },
];

/** What the timed trials say that a cure for the punts of a scenario can save, in words. */
export interface PossibleSaving {
  scenario: Scenario;
  words: string;
}

/** @param report its `savings` are null where nothing was timed. */
export function printedReport(
  report: ExplainReport & { savings: readonly PossibleSaving[] | null },
): string {
  const { kernelRelease, filesystem, backendWhat, cannotSee, scenarios, savings } = report;
  const lines = [
    `${kernelRelease}, ${filesystem}, observed with ${backendWhat}`,
    ...(cannotSee.length > 0 ? [`Not visible this way: ${cannotSee.join("; ")}.`] : []),
    "",
    renderTable(COLUMNS, scenarios.map(rowOf)),
    "",
    ...paragraphs(report, savings).flatMap((text) => [text, ""]),
    ...(savings === null ? ["Nothing was timed, so what a cure saves is not known here.", ""] : []),
    ...scenarios.flatMap(({ events }) => events ?? []),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

/** One row, with one line per cause and per result. */
function rowOf(report: ScenarioReport): string[] {
  const name = describeScenario(report.scenario);
  if (report.skippedReason !== null) {
    return [name, "", "", `skipped: ${report.skippedReason}`, "", "", ""];
  }
  const observed = report.causes.map(({ cause, punts }) => `${cause} ${punts}`);
  const predicted = report.predicted.map(({ cause, punts, writes }) => {
    if (punts === false) return `no punt ${writes}`;
    return `${cause} ${punts === "tick" ? "now and then" : writes}`;
  });
  return [
    name,
    String(report.writes),
    String(report.punts),
    observed.join("\n") || "-",
    predicted.join("\n"),
    resultLines(report.submitterGot),
    resultLines(report.workerGot) || "-",
  ];
}

function resultLines(got: Record<string, number>): string {
  return Object.entries(got)
    .map(([result, count]) => `${result} x ${count}`)
    .join("\n");
}

/** The same in sentences, with the evidence. Scenarios that differ only in depth share one paragraph where it is the same. */
function paragraphs(report: ExplainReport, savings: readonly PossibleSaving[] | null): string[] {
  const keyOf = (scenarioReport: ScenarioReport) => {
    const { queueDepth, ...others } = scenarioReport.scenario;
    return JSON.stringify([others, sentences(scenarioReport)]);
  };
  return grouped(report.scenarios, keyOf).map((group) => {
    const [first] = group;
    const depths = group.map(({ scenario }) => scenario.queueDepth);
    const name = describeScenario(
      first.scenario,
      `${depths.length > 1 ? "depths" : "depth"} ${depths.join(", ")}`,
    );
    const costs = group.flatMap(({ scenario, punts }) => {
      const found = savings?.find((saving) => isDeepStrictEqual(saving.scenario, scenario));
      return found && punts > 0
        ? [`Against written blocks at depth ${scenario.queueDepth}: ${found.words}.`]
        : [];
    });
    const [causes, ...evidence] = sentences(first);
    const on = `${report.kernelRelease}, ${report.filesystem}`;
    return [`${name} on ${on}: ${causes}`, ...evidence, ...costs].join("\n  ");
  });
}

function sentences(report: ScenarioReport): string[] {
  if (report.skippedReason !== null) return [`skipped, ${report.skippedReason}.`];
  return [
    causeSentence(report),
    ...hiddenLock(report),
    ...(report.issuedInline > 0 && report.punts > 0
      ? [`${report.issuedInline} writes were issued inline.`]
      : []),
    ...report.causes.flatMap(({ evidence, cause, curedBy, stack }) => [
      `Seen (${cause}): ${evidence}. ${curedBy === null ? "No cure is known." : `Cure: ${curedBy}.`}`,
      ...(stack === null ? [] : [`Punted in: ${stack.slice(0, STACK_SHOWN).join(" < ")}`]),
    ]),
    ...agreement(report),
    ...(report.lostEvents > 0
      ? [`${report.lostEvents} events did not fit into the buffer: choose a smaller --file-size.`]
      : []),
  ];
}

/** Functions of a kernel stack to print, innermost first: the outer ones are always those of the same system call. */
const STACK_SHOWN = 6;

function causeSentence({ writes, punts, causes }: ScenarioReport): string {
  if (punts === 0) return `none of ${writes} writes punted.`;
  const parts = causes.map(({ cause, punts: count, words }) => {
    const share = count === writes ? `all ${writes}` : `${count} of ${writes}`;
    return cause === "unknown"
      ? `${share} writes punted, and the trace does not show why`
      : `${share} writes punted because ${words}`;
  });
  return `${parts.join("; ")}.`;
}

/** Without the locks in view, a named cause is one that refuses the write, but not always the one that did. */
function hiddenLock({ scenario, causes, cannotSee }: ScenarioReport): string[] {
  const known = causes.some(({ cause }) => cause !== "unknown" && cause !== "lock-contended");
  const locksUnseen = cannotSee.some((what) => what.startsWith("locks"));
  if (scenario.queueDepth === 1 || !known || !locksUnseen) return [];
  return [
    "Locks are not visible here: at this depth the lock of the inode may have refused some of these writes before the named cause could.",
  ];
}

function agreement({ disagreements, predicted }: ScenarioReport): string[] {
  if (disagreements.length === 0) return [`As predicted: ${predicted.map(expected).join("; ")}.`];
  return disagreements.map(
    ({ writes, firstWrite, predicted: was, observed, evidence }) =>
      `FINDING: for ${writes} writes (the first is number ${firstWrite}) the rules expect ${was}, but ${observed} was seen` +
      `${evidence === null ? "" : ` (${evidence})`}.`,
  );
}

function expected({ cause, punts, writes, kernelFunction }: PredictedCount): string {
  const where = kernelFunction === null ? "" : ` (${kernelFunction})`;
  return `${expectedCount(punts, writes)}, ${CAUSE_WORDS[cause]}${where}`;
}

function expectedCount(punts: PredictedCount["punts"], writes: number): string {
  if (punts === "tick") return "a punt once per clock tick";
  if (punts === null) return `${writes} writes that no rule decides`;
  return punts ? `${writes} punts` : `${writes} writes inline`;
}
