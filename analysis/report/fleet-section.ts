import { hostFigures } from "../chart-data/host-rows.js";
import type { Fleet } from "../fleet/fleet.js";
import { fleetSentence } from "../fleet/fleet-text.js";
import { outliersIn } from "../fleet/outliers.js";
import { doubtTable, groupTable, outlierTable } from "../fleet/tables.js";
import { type Block, chartBlock, fold, type Section, table, text } from "./model.js";

const OUTLIERS_SHOWN = 20;

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
  const { columns, rows } = outlierTable(outliers, hosts, OUTLIERS_SHOWN);
  const more = outliers.length - rows.length;
  return [
    text(
      `Hosts apart from their group, those with the most worse figures first${more > 0 ? `; ${more} more are not shown` : ""}:`,
    ),
    table(columns, rows),
  ];
}

function doubtBlocks({ hosts }: Fleet): Block[] {
  const doubtful = hosts.filter(({ doubts }) => doubts.length > 0);
  if (doubtful.length === 0) return [];
  const { columns, rows } = doubtTable(doubtful);
  return [
    text("Hosts with a doubtful environment, which are in no figure of this report:"),
    table(columns, rows),
  ];
}

function groupBlocks({ analysis }: Fleet): Block[] {
  const inline = analysis.cells.filter(({ scenario }) => scenario.arm === "inline");
  const groups = groupTable(inline, analysis.subjects, "kernel");
  return groups === null ? [] : [fold(groups.interval, table(groups.columns, groups.rows))];
}
