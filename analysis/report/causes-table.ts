import type { Explanation } from "../../results/schema.js";
import { formatNs } from "../../terminal/units.js";
import { scenarioKey, seriesName } from "../cells/cells.js";
import type { Explained } from "../cells/explained.js";
import type { NameOf } from "../cells/subject.js";
import { cureSavings, cureSavingWords } from "../estimates/cure-saving.js";
import { formatPercent } from "../estimates/percent.js";
import type { Analysis } from "../loading/analysis.js";
import type { Block } from "./model.js";
import { joined } from "./words.js";

type CauseCount = Explanation["causes"][number];

/** One cause of one series of writes on one subject, at all its depths. */
interface Row {
  members: { explained: Explained; found: CauseCount }[];
}

const COLUMNS = [
  ...["kernel", "preparation", "cause", "punts by depth", "first of them", "cure", "inline on"],
];

/** A row a kernel, preparation and cause; what its writes cost, where they were timed. */
export function causesTable(analysis: Analysis, nameOf: NameOf): Block {
  const rows = new Map<string, Row>();
  for (const explained of analysis.explained) {
    for (const found of explained.explanation.causes) {
      const key = `${seriesKey(explained)} ${found.cause}`;
      const row = rows.get(key) ?? { members: [] };
      rows.set(key, row);
      row.members.push({ explained, found });
    }
  }
  const costOf = costsOf(analysis);
  const timed = [...rows.values()].some(({ members }) =>
    members.some(({ explained }) => costOf(explained) !== null),
  );
  const columns = [...COLUMNS, ...(timed ? ["cost against written blocks"] : [])];
  return {
    kind: "table",
    columns: columns.map((title) => ({ title })),
    rows: [...rows.values()].map((row) => {
      const cells = rowCells(row, analysis.explained, nameOf);
      return timed ? [...cells, costCell(row, costOf)] : cells;
    }),
  };
}

function rowCells({ members }: Row, all: readonly Explained[], nameOf: NameOf): string[] {
  const [{ explained, found }] = members as [Row["members"][number]];
  const { scenario } = explained.explanation;
  const pace = scenario.intervalNs > 0 ? `, every ${formatNs(scenario.intervalNs)}` : "";
  const shares = members.map(({ explained: { explanation }, found: { punts } }) => {
    const share = formatPercent(punts / explanation.writes);
    // Not to be broken over lines.
    return `${explanation.scenario.queueDepth}: ${share}`.replaceAll(" ", "\u00a0");
  });
  return [
    ...[nameOf(explained.subject), `${seriesName(scenario)}${pace}`],
    ...[`${found.cause}: ${found.words}`, shares.join("; "), found.evidence],
    ...[found.curedBy ?? "nothing known", inlineElsewhere(explained, all, nameOf)],
  ];
}

/** The same writes on the same subject, whatever the depth. */
function seriesKey({ subject, explanation: { scenario } }: Explained): string {
  return `${subject.id} ${scenarioKey({ ...scenario, queueDepth: 0 })}`;
}

/** Kernels of the report where the same writes to the same filesystem were traced and none punted. */
function inlineElsewhere(one: Explained, all: readonly Explained[], nameOf: NameOf): string {
  const key = scenarioKey({ ...one.explanation.scenario, queueDepth: 0 });
  const punting = new Map<string, boolean>();
  for (const { subject, explanation } of all) {
    const { scenario, writes, punts } = explanation;
    if (subject.filesystem !== one.subject.filesystem || writes === 0) continue;
    if (scenarioKey({ ...scenario, queueDepth: 0 }) !== key) continue;
    const name = nameOf(subject);
    punting.set(name, punting.get(name) || punts > 0);
  }
  const kernels = [...punting].flatMap(([name, punts]) => (punts ? [] : [name]));
  return kernels.length === 0 ? "-" : joined(kernels);
}

type CostOf = (explained: Explained) => string | null;

function costsOf({ cells }: Analysis): CostOf {
  const keyOf = (subject: string, scenario: Explanation["scenario"]) =>
    `${subject} ${scenarioKey(scenario)}`;
  const savings = new Map(
    cureSavings(cells).map((saving) => [keyOf(saving.subject.id, saving.scenario), saving]),
  );
  return ({ subject, explanation: { scenario } }) => {
    const saving = savings.get(keyOf(subject.id, scenario));
    return saving ? cureSavingWords(saving) : null;
  };
}

function costCell({ members }: Row, costOf: CostOf): string {
  const costs = members.flatMap(({ explained }) => {
    const words = costOf(explained);
    return words === null ? [] : [`depth ${explained.explanation.scenario.queueDepth}: ${words}`];
  });
  return costs.join("; ") || "not timed";
}
