import { numberColumns, renderTable, textColumns } from "../../terminal/table.js";
import type { FaultGroup } from "./group.js";
import type { CaseResult } from "./record.js";

/** What came of one group. */
export interface GroupSummary {
  group: string;
  cases: number;
  passed: number;
  failed: number;
  notRun: number;
  /** Of the passed ones: the fault never came about, so they show nothing. */
  notReached: number;
  secondRuns: number;
  leftovers: number;
  corrupted: number;
  seconds: number;
  /** Why it cannot run on this machine, or null. */
  cannotRun: string | null;
}

/** What is known of each group from the results of one seed. */
export function summarise(
  groups: readonly FaultGroup[],
  results: readonly CaseResult[],
): GroupSummary[] {
  return groups.map((group) => {
    const names = new Set(group.cases.map(({ name }) => name));
    const own = results.filter((result) => result.group === group.name && names.has(result.name));
    const failing = (check: string) =>
      own.filter(({ failures }) => failures.some((failure) => failure.check === check)).length;
    const failed = own.filter(({ failures }) => failures.length > 0).length;
    return {
      group: group.name,
      cases: names.size,
      passed: own.length - failed,
      failed,
      notRun: names.size - own.length,
      notReached: own.filter(({ failures, reached }) => failures.length === 0 && !reached).length,
      secondRuns: own.filter(({ secondRun }) => secondRun).length,
      leftovers: failing("leftovers"),
      corrupted: failing("results"),
      seconds: Math.round(own.reduce((sum, { ms }) => sum + ms, 0) / 1000),
      cannotRun: group.cannotRun?.() ?? null,
    };
  });
}

const NUMBERS = [
  "cases",
  "passed",
  "failed",
  "notRun",
  "notReached",
  "secondRuns",
  "leftovers",
  "corrupted",
  "seconds",
] as const;
const TITLES = [
  "cases",
  "passed",
  "failed",
  "not run",
  "not reached",
  "second runs",
  "leftovers",
  "corrupted",
  "seconds",
];

/** One row for each group, and the sum. */
export function summaryTable(summaries: readonly GroupSummary[]): string {
  const sums = NUMBERS.map((name) => summaries.reduce((sum, summary) => sum + summary[name], 0));
  const rows = summaries.map((summary) => [
    summary.group,
    ...NUMBERS.map((name) => String(summary[name])),
    summary.cannotRun ?? "",
  ]);
  return renderTable(
    [...textColumns("group"), ...numberColumns(...TITLES), ...textColumns("cannot run here")],
    [...rows, ["all", ...sums.map(String), ""]],
  );
}
