import { verdictOf } from "../../results/atlas/verdict.js";
import { visible } from "../../terminal/quote.js";
import { type Column, renderTable } from "../../terminal/table.js";
import { type AtlasIndex, answerOf, cellAt, changesOf, mainCause } from "./answers.js";
import type { Asked } from "./question.js";

/** One cell in full, a few as rows, and more as a map of kernels. */
export function printedAnswers(index: AtlasIndex, asked: Asked): string {
  const { kernels, places, scenarios } = asked;
  const cells = kernels.length * places.length * scenarios.length;
  if (cells === 1) return printedAnswer(index, places[0] ?? 0, scenarios[0] ?? 0, kernels[0] ?? 0);
  return `${printedMap(index, asked)}\n\n${LEGEND}\n`;
}

const MEANINGS =
  "no: no request punts; all: every one does; tick: about one in each clock tick does; -: cannot be done; ?: not measured.";
const LEGEND =
  `${MEANINGS}\n` +
  "Name one kernel, place and scenario to see why, since when, what helps, and how to repeat it.";

function printedAnswer(index: AtlasIndex, place: number, scenario: number, kernel: number): string {
  const answer = answerOf(index, place, scenario, kernel);
  const { verdict, cause, since, otherwise, cure, cost, kernelFunction, returned } = answer;
  const because = cause === null ? "" : `, because ${cause.words}`;
  const lines = [
    `${index.kernels[kernel]?.label} on ${index.places[place]?.words}: ${index.scenarios[scenario]?.words}`,
    "",
    `  ${capital(verdict.words)}${because}.`,
    ...(since === "" ? [] : [`  It is ${since}.`]),
    ...otherwise.map((words) => `  ${words}.`),
    ...row("Cure", cure),
    ...row("Seen", cause && `${cause.cause}: ${cause.evidence}`),
    ...row("Returned", returned),
    ...row("Decided in", kernelFunction),
    ...row("Measured on", answer.packageVersion),
    ...row("Cost", cost ?? "not in the atlas: `puntbench explain` times it on your machine"),
    ...row("Repeat it", answer.command),
  ];
  return `${lines.map(visible).join("\n")}\n`;
}

function row(title: string, text: string | null): string[] {
  return text ? [`  ${`${title}:`.padEnd(13)}${text}`] : [];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function printedMap(index: AtlasIndex, { kernels, places, scenarios }: Asked): string {
  const columns: Column[] = [
    ...(places.length > 1 ? [{ title: "place" }] : []),
    { title: "scenario" },
    ...kernels.map((at) => ({ title: index.kernels[at]?.label ?? "?" })),
    { title: "cause" },
  ];
  // Of a place that is measured only with some requests, a map shows these.
  const shown = (place: number) =>
    scenarios.filter((at) => scenarios.length === 1 || index.places[place]?.scenarios.includes(at));
  const rows = places.flatMap((place) =>
    shown(place).map((scenario) => {
      const cells = kernels.map((kernel) => cellAt(index, place, scenario, kernel));
      const causes = cells.map((cell) => mainCause(index, cell)?.cause).filter(Boolean);
      return [
        ...(places.length > 1 ? [index.places[place]?.name ?? "?"] : []),
        index.scenarios[scenario]?.name ?? "?",
        ...cells.map((cell) => verdictOf(cell).short),
        [...new Set(causes)].join(", "),
      ];
    }),
  );
  return renderTable(columns, rows);
}

/** What changed from kernel to kernel, one line a change of one place and scenario. */
export function printedChanges(index: AtlasIndex): string {
  const lines = changesOf(index).map(({ place, scenario, from, to, better }) => {
    const was = verdictOf(cellAt(index, place, scenario, from)).short;
    const is = verdictOf(cellAt(index, place, scenario, to)).short;
    const cause = mainCause(index, cellAt(index, place, scenario, better ? from : to));
    return `${index.kernels[from]?.label} -> ${index.kernels[to]?.label}  ${better ? "better" : "worse "}  ${
      index.places[place]?.name
    }, ${index.scenarios[scenario]?.name}: ${was} -> ${is}${cause ? ` (${cause.cause})` : ""}`;
  });
  return `${lines.join("\n")}\n\n${MEANINGS}\n`;
}

export function printedScenarios(index: AtlasIndex): string {
  const rows = index.scenarios.map(({ name, group, words }) => [group, name, words]);
  return `${renderTable([{ title: "group" }, { title: "scenario" }, { title: "what a program does" }], rows)}\n`;
}
