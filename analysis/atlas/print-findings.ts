import { plural } from "../../terminal/plural.js";
import { escapeMarkdown } from "../../terminal/quote.js";
import type { AtlasIndex } from "./answers.js";
import {
  type Finding,
  findingCounts,
  findingFunction,
  findingsOf,
  findingWords,
  unchangedSteps,
  unchangedWords,
} from "./findings.js";

/** More names would hide the sentence; the page lists all. */
const NAMES_SHOWN = 6;

/** The findings as Markdown that can be sent to a mailing list: each with its evidence and the command that repeats it. */
export function findingsMarkdown(index: AtlasIndex): string {
  const findings = findingsOf(index);
  const packages = index.kernels.map(({ packageVersion }) => packageVersion);
  return [
    "# What changed for io_uring requests from kernel to kernel",
    "",
    `Made from the data of the atlas by \`puntbench atlas --changes --markdown\`: ${plural(findings.length, "finding")}, on Debian's kernels ${packages.join(", ")}. ` +
      "A change lies between two kernels that were measured. Punts were counted without tracing, and their causes traced in a second run. " +
      "`results/atlas/README.md` says how; `index.html` there has every answer.",
    "",
    ...findings.flatMap((finding, at) => findingLines(index, finding, at + 1)),
    ...unchangedSteps(index, findings).flatMap((step) => [`${unchangedWords(index, step)}.`, ""]),
  ].join("\n");
}

function findingLines(index: AtlasIndex, finding: Finding, number: number): string[] {
  const { place, from, to, cause, scenarios } = finding;
  const names = scenarios.map((at) => index.scenarios[at]?.name ?? "?");
  const more = names.length - NAMES_SHOWN;
  const shown = `${escapeMarkdown(names.slice(0, NAMES_SHOWN).join(", "))}${more > 0 ? ` and ${more} more` : ""}`;
  const [first = 0] = scenarios;
  const kernels = [from, to].map((kernel) => index.kernels[kernel]?.label).join(",");
  const decided = findingFunction(index, finding);
  const seen = [findingCounts(index, finding), cause?.evidence].filter(Boolean).join("; ");
  const options = `${index.commands.places[place]} ${
    index.scenarios[first]?.traced ? "--explain --trace-only" : "-r 1"
  } ${index.commands.scenarios[first]}`;
  return [
    `${number}. **${escapeMarkdown(findingWords(index, finding))}**`,
    ...(names.length > 1 ? [`   ${shown}.`] : []),
    `   Seen: ${escapeMarkdown(seen)}.${decided ? ` Decided in ${escapeMarkdown(decided)}.` : ""}`,
    `   Repeat: \`puntbench lab --kernels ${kernels} ${options}\``,
    "",
  ];
}
