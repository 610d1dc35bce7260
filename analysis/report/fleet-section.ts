import { METRICS } from "../../results/metrics.js";
import { describeScenario, extentWords } from "../../results/scenario.js";
import { numberColumns, textColumns } from "../../terminal/table.js";
import { formatBytes } from "../../terminal/units.js";
import { subjectName } from "../cells/subject.js";
import { hostFigures } from "../chart-data/host-rows.js";
import { estimateWords, intervalWords } from "../estimates/format.js";
import type { Fleet } from "../fleet/fleet.js";
import { fleetSentence, seenOn } from "../fleet/fleet-text.js";
import { groupMetrics, groupRows } from "../fleet/group-rows.js";
import { outliersIn, outlyingWords } from "../fleet/outliers.js";
import { type Block, chartBlock, fold, type Section, table, text } from "./model.js";

const OUTLIERS_SHOWN = 20;
const FIGURES_SHOWN = 3;

/** Where results come from several hosts: a strip of them for each kernel, who stands apart, who is left out. */
export function fleetSection(fleet: Fleet | null): Section | null {
  if (fleet === null) return null;
  return {
    id: "fleet",
    title: "The hosts",
    blocks: [
      text(
        `${fleetSentence(fleet)} The host is what is repeated: medians and intervals of this report are over hosts.`,
      ),
      ...hostFigures(fleet.analysis).map((chart) => chartBlock(chart)),
      ...outlierBlocks(fleet),
      ...doubtBlocks(fleet),
      ...groupBlocks(fleet),
    ],
  };
}

function outlierBlocks({ analysis, hosts }: Fleet): Block[] {
  const outliers = outliersIn(analysis.cells);
  if (outliers.length === 0) return [];
  const rows = outliers.slice(0, OUTLIERS_SHOWN).map(({ host, figures }) => {
    const more = figures.length - FIGURES_SHOWN;
    const words = figures.slice(0, FIGURES_SHOWN).map(outlyingWords);
    return [
      host,
      [...words, ...(more > 0 ? [`${more} more`] : [])].join("; "),
      seenOn(host, hosts),
    ];
  });
  const more = outliers.length - rows.length;
  return [
    text(
      `Hosts apart from their group, those with the most worse figures first${more > 0 ? `; ${more} more are not shown` : ""}:`,
    ),
    table(textColumns("host", "what", "seen there"), rows),
  ];
}

function doubtBlocks({ hosts }: Fleet): Block[] {
  const doubtful = hosts.filter(({ doubts }) => doubts.length > 0);
  if (doubtful.length === 0) return [];
  return [
    text("Hosts with a doubtful environment, which are in no figure of this report:"),
    table(
      textColumns("host", "why"),
      doubtful.map(({ name, doubts }) => [name, doubts.join("; ")]),
    ),
  ];
}

function groupBlocks({ analysis }: Fleet): Block[] {
  const cells = analysis.cells.filter(({ scenario }) => scenario.arm === "inline");
  const rows = groupRows(cells);
  if (rows.length === 0) return [];
  const metrics = groupMetrics(cells);
  const titles = metrics.map((metric) => METRICS[metric].title);
  const estimates = rows.flatMap((row) => [...row.estimates.values()].flatMap((one) => one ?? []));
  return [
    fold(
      `Medians of hosts, each the median of its trials; in brackets: ${intervalWords(estimates)}`,
      table(
        [...textColumns("scenario", "kernel"), ...numberColumns("hosts", "that punt", ...titles)],
        rows.map(({ subject, scenario, hosts, hostsThatPunt, estimates: found }) => [
          `${describeScenario(scenario)}, ${formatBytes(scenario.blockSizeBytes)} of ${extentWords(scenario)}`,
          subjectName(subject, analysis.subjects),
          String(hosts),
          hostsThatPunt === null ? "?" : String(hostsThatPunt),
          ...metrics.map((metric) => estimateWords(metric, found.get(metric) ?? null)),
        ]),
      ),
    ),
  ];
}
