import { plural } from "../../terminal/plural.js";
import { numberColumns, renderTable, textColumns } from "../../terminal/table.js";
import { formatNs, formatRate } from "../../terminal/units.js";
import type { Cell } from "../cells/cell.js";
import { groupBy } from "../cells/group-by.js";
import { naturalOrder } from "../cells/subject.js";
import type { Comparison } from "../comparison/compare.js";
import { comparisonText } from "../comparison/output.js";
import { intervalWords } from "../estimates/format.js";
import { capacityColumns, capacityRows, savingLines, subjectsOf } from "../plan/output.js";
import type { Plan } from "../plan/plan.js";
import type { Examined } from "./examine.js";
import type { Fleet } from "./fleet.js";
import type { Outlier } from "./outliers.js";
import { doubtTable, groupTable, outlierTable } from "./tables.js";
import type { WatchedGroup } from "./watched.js";

/** All that is said of a fleet. */
export interface FleetAnswer {
  fleet: Fleet;
  /** Those whose figures are shown. */
  cells: readonly Cell[];
  outliers: readonly Outlier[];
  watched: readonly WatchedGroup[];
  /** null: no load to plan for. */
  plan: Plan | null;
  /** null: not asked for. */
  comparison: Comparison | null;
}

const OUTLIERS_SHOWN = 10;
const HOSTS_SHOWN = 20;

/** For a terminal: who is in, the comparison that was asked for, the groups, who stands apart, what was watched, cores. */
export function fleetText(answer: FleetAnswer): string {
  const { fleet, comparison, outliers } = answer;
  const parts = [
    fleetSentence(fleet),
    ...(comparison ? [comparisonText(comparison, false)] : []),
    groupsText(answer.cells, fleet),
    outlierText(outliers, fleet.hosts),
    doubtText(fleet),
    ...watchedLines(answer.watched),
    ...(answer.plan ? [planText(answer.plan)] : []),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

/** "9 hosts: 6.1 on 5, 6.10 on 4. 1 of them is doubtful and left out of all figures." */
export function fleetSentence({ hosts, leftOut }: Pick<Fleet, "hosts" | "leftOut">): string {
  const groups = groupBy(
    hosts.flatMap((host) => host.groups),
    (group) => group,
  );
  const words = [...groups]
    .sort(([a], [b]) => naturalOrder.compare(a, b))
    .map(([group, own]) => `${group} on ${own.length}`);
  const doubtful = hosts.filter(({ doubts }) => doubts.length > 0).length;
  const fate = leftOut.length > 0 ? "left out of all figures" : "taken in all the same";
  const doubt =
    doubtful === 0
      ? ""
      : ` ${doubtful} of them ${doubtful === 1 ? "is" : "are"} doubtful and ${fate}.`;
  return `${plural(hosts.length, "host")}: ${words.join(", ")}.${doubt}`;
}

function groupsText(cells: readonly Cell[], { analysis }: Fleet): string {
  const groups = groupTable(cells, analysis.subjects, "group");
  if (groups === null) return "No trial was measured on these hosts.";
  // A scenario is named once, at its first group.
  const rows = groups.rows.map((row, index) =>
    row[0] === groups.rows[index - 1]?.[0] ? ["", ...row.slice(1)] : row,
  );
  return `${groups.interval}\n\n${renderTable(groups.columns, rows)}`;
}

function outlierText(outliers: readonly Outlier[], hosts: readonly Examined[]): string {
  if (outliers.length === 0) return "";
  const { columns, rows } = outlierTable(outliers, hosts, OUTLIERS_SHOWN);
  const title = firstRows("Hosts apart from their group", outliers.length, OUTLIERS_SHOWN);
  return `${title}\n\n${renderTable(columns, rows)}`;
}

function doubtText({ hosts, leftOut }: Fleet): string {
  const doubtful = hosts.filter(({ doubts }) => doubts.length > 0);
  if (doubtful.length === 0) return "";
  const what = leftOut.length > 0 ? "left out (--with-doubtful takes them in)" : "taken in";
  const title = firstRows(
    `Hosts with a doubtful environment, ${what}`,
    doubtful.length,
    HOSTS_SHOWN,
  );
  const { columns, rows } = doubtTable(doubtful.slice(0, HOSTS_SHOWN));
  return `${title}\n\n${renderTable(columns, rows)}`;
}

function watchedLines(watched: readonly WatchedGroup[]): string[] {
  if (watched.length === 0) return [];
  const columns = [
    ...textColumns("group"),
    ...numberColumns("watched hosts", "cores in io-wq workers", "of the median host", "writes/s"),
  ];
  const rows = watched.map(({ group, hosts, coresInWorkers, coresOfHost, writesPerSecond }) => [
    group,
    String(hosts),
    coresInWorkers.toFixed(2),
    `${coresOfHost.point.toFixed(3)} (${coresOfHost.lower.toFixed(3)} to ${coresOfHost.upper.toFixed(3)})`,
    formatRate(writesPerSecond),
  ]);
  const interval = intervalWords(watched.map(({ coresOfHost }) => coresOfHost));
  return [
    `Watched programs: cores that io-wq workers keep busy; in brackets: ${interval} over hosts\n\n${renderTable(columns, rows)}`,
  ];
}

function planText(plan: Plan): string {
  const subjects = subjectsOf(plan);
  const { iops, latencyNsP99 } = plan.demand;
  const lines = [
    `Cores of the fleet for ${formatRate(iops)} writes/s with p99 within ${formatNs(latencyNsP99)} (${plan.workload}); a device is one like that of the median host`,
    "",
    renderTable(capacityColumns(plan, null), capacityRows(plan, subjects, null)),
  ];
  const savings = savingLines(plan, subjects, null);
  return [...lines, ...(savings.length > 0 ? ["", ...savings] : [])].join("\n");
}

function firstRows(title: string, count: number, most: number): string {
  return count > most ? `${title} (the first ${most} of ${count}):` : `${title} (${count}):`;
}
