import { METRICS } from "../../results/metrics.js";
import { describeScenario, extentWords } from "../../results/scenario.js";
import { type Column, numberColumns, textColumns } from "../../terminal/table.js";
import { formatBytes } from "../../terminal/units.js";
import type { Cell } from "../cells/cell.js";
import { type Subject, subjectName } from "../cells/subject.js";
import { estimateWords, intervalWords } from "../estimates/format.js";
import type { Examined } from "./examine.js";
import { groupMetrics, groupRows } from "./group-rows.js";
import { type Outlier, outlyingWords } from "./outliers.js";

/** A table of a fleet, for the terminal and for the report. */
export interface FleetTable {
  columns: Column[];
  rows: string[][];
}

const FIGURES_SHOWN = 3;

/** Medians of hosts by scenario and group; null: no trial was measured. `interval` says what stands in brackets. */
export function groupTable(
  cells: readonly Cell[],
  subjects: readonly Subject[],
  groupTitle: string,
): (FleetTable & { interval: string }) | null {
  const groups = groupRows([...cells]);
  if (groups.length === 0) return null;
  const metrics = groupMetrics(cells);
  const titles = metrics.map((metric) => METRICS[metric].title);
  const estimates = groups.flatMap((row) =>
    [...row.estimates.values()].flatMap((one) => one ?? []),
  );
  return {
    columns: [
      ...textColumns("scenario", groupTitle),
      ...numberColumns("hosts", "that punt", ...titles),
    ],
    rows: groups.map(({ subject, scenario, hosts, hostsThatPunt, estimates: found }) => [
      `${describeScenario(scenario)}, ${formatBytes(scenario.blockSizeBytes)} of ${extentWords(scenario)}`,
      subjectName(subject, subjects),
      String(hosts),
      hostsThatPunt === null ? "?" : String(hostsThatPunt),
      ...metrics.map((metric) => estimateWords(metric, found.get(metric) ?? null)),
    ]),
    interval: `Medians of hosts, each the median of its trials; in brackets: ${intervalWords(estimates)} over hosts`,
  };
}

/** Hosts apart from their group, each with its farthest figures and what else is known of it. */
export function outlierTable(
  outliers: readonly Outlier[],
  hosts: readonly Examined[],
  most: number,
): FleetTable {
  return {
    columns: textColumns("host", "what", "seen there"),
    rows: outliers
      .slice(0, most)
      .map(({ host, figures }) => [
        host,
        farthest(figures.map(outlyingWords)),
        seenOn(host, hosts),
      ]),
  };
}

function farthest(figures: readonly string[]): string {
  const more = figures.length > FIGURES_SHOWN ? `; ${figures.length - FIGURES_SHOWN} more` : "";
  return `${figures.slice(0, FIGURES_SHOWN).join("; ")}${more}`;
}

/** What is known of a host besides its figures. */
function seenOn(host: string, hosts: readonly Examined[]): string {
  const found = hosts.find(({ name }) => name === host);
  const texts = [...(found?.doubts ?? []), ...(found?.notes ?? [])];
  if (texts.length > 0) return texts.join("; ");
  const seen = "nothing unusual in its results files";
  return found?.diagnosed ? `${seen}, nor by doctor` : `${seen}; its folder has no doctor.json`;
}

/** Hosts with a doubtful environment, and why. */
export function doubtTable(doubtful: readonly Examined[]): FleetTable {
  return {
    columns: textColumns("host", "why"),
    rows: doubtful.map(({ name, doubts }) => [name, doubts.join("; ")]),
  };
}
