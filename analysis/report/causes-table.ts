import { scenarioKey, seriesName } from "../../results/scenario.js";
import type { Explanation } from "../../results/schema.js";
import { formatPercent } from "../../terminal/percent.js";
import { textColumns } from "../../terminal/table.js";
import { formatNs } from "../../terminal/units.js";
import { joined } from "../../terminal/words.js";
import type { Explained } from "../cells/explained.js";
import { groupBy } from "../cells/group-by.js";
import type { NameOf } from "../cells/subject.js";
import { cureSavings, cureSavingWords } from "../estimates/cure-saving.js";
import type { Analysis } from "../loading/analysis.js";
import { type Block, table } from "./model.js";

/** One cause of one scenario on one subject. */
interface CauseSeen {
  explained: Explained;
  found: Explanation["causes"][number];
}

const COLUMNS = textColumns(
  "kernel",
  "preparation",
  "cause",
  "punts by depth",
  "first of them",
  "cure",
  "inline on",
);

/** A row for each kernel, preparation and cause, at all depths; what its writes cost, where they were timed. */
export function causesTable({ explained: all, cells }: Analysis, nameOf: NameOf): Block {
  const seen = all.flatMap((explained) =>
    explained.explanation.causes.map((found): CauseSeen => ({ explained, found })),
  );
  const byRow = groupBy(seen, ({ explained, found }) => `${seriesKey(explained)} ${found.cause}`);
  const rows = [...byRow.values()];
  const costs = new Map(
    cureSavings(cells).map((saving) => [
      keyOf(saving.subject.id, saving.scenario),
      cureSavingWords(saving),
    ]),
  );
  const costOf: CostOf = ({ subject, explanation }) =>
    costs.get(keyOf(subject.id, explanation.scenario)) ?? null;
  if (seen.every(({ explained }) => costOf(explained) === null)) {
    return table(
      COLUMNS,
      rows.map((row) => rowCells(row, all, nameOf)),
    );
  }
  return table(
    [...COLUMNS, ...textColumns("cost against written blocks")],
    rows.map((row) => [...rowCells(row, all, nameOf), costCell(row, costOf)]),
  );
}

function rowCells(row: readonly CauseSeen[], all: readonly Explained[], nameOf: NameOf): string[] {
  const [{ explained, found }] = row as [CauseSeen];
  const { scenario } = explained.explanation;
  const pace = scenario.intervalNs > 0 ? `, every ${formatNs(scenario.intervalNs)}` : "";
  const shares = row.map(({ explained: { explanation }, found: { punts } }) => {
    const share = formatPercent(punts / explanation.writes);
    // A browser must not break these words over two lines.
    return `${explanation.scenario.queueDepth}: ${share}`.replaceAll(" ", "\u00a0");
  });
  return [
    nameOf(explained.subject),
    `${seriesName(scenario)}${pace}`,
    `${found.cause}: ${found.words}`,
    shares.join("; "),
    found.evidence,
    found.curedBy ?? "nothing known",
    inlineElsewhere(explained, all, nameOf),
  ];
}

function keyOf(subjectId: string, scenario: Explanation["scenario"]): string {
  return `${subjectId} ${scenarioKey(scenario)}`;
}

/** The same writes on the same subject, whatever the depth. */
function seriesKey({ subject, explanation: { scenario } }: Explained): string {
  return keyOf(subject.id, { ...scenario, queueDepth: 0 });
}

/** Kernels of the report where the same writes to the same filesystem were traced and none punted. */
function inlineElsewhere(one: Explained, all: readonly Explained[], nameOf: NameOf): string {
  const key = scenarioKey({ ...one.explanation.scenario, queueDepth: 0 });
  const same = all.filter(
    ({ subject, explanation: { scenario, writes } }) =>
      subject.filesystem === one.subject.filesystem &&
      writes > 0 &&
      scenarioKey({ ...scenario, queueDepth: 0 }) === key,
  );
  const kernels = [...groupBy(same, ({ subject }) => nameOf(subject))]
    .filter(([, seen]) => seen.every(({ explanation }) => explanation.punts === 0))
    .map(([name]) => name);
  return kernels.length === 0 ? "-" : joined(kernels);
}

type CostOf = (explained: Explained) => string | null;

function costCell(row: readonly CauseSeen[], costOf: CostOf): string {
  const costs = row.flatMap(({ explained }) => {
    const words = costOf(explained);
    return words === null ? [] : [`depth ${explained.explanation.scenario.queueDepth}: ${words}`];
  });
  return costs.join("; ") || "not timed";
}
