import type { AtlasCell } from "../../results/atlas/schema.js";
import {
  mainCauseOf,
  type Verdict,
  type VerdictKind,
  verdictOf,
} from "../../results/atlas/verdict.js";

/**
 * What the cells of the atlas say, as a person would. Terminal and page use this one file and `verdict.ts`: the page holds their
 * compiled text, so they import nothing else and use nothing but the language.
 */

/** The atlas, ready for look-ups. Equal cells of several kernels are stored once. */
export interface AtlasIndex {
  /** Series, oldest first, and the package that was measured. */
  kernels: { label: string; packageVersion: string }[];
  /** With the rows of `scenarios` that are measured there. */
  places: { name: string; words: string; scenarios: number[] }[];
  scenarios: { name: string; words: string; group: string; traced: boolean }[];
  causeWords: Record<string, string>;
  cells: AtlasCell[];
  /** `cells[at[place][scenario][kernel]]`; -1: not measured. */
  at: number[][][];
  /** `npm run lab` with these options repeats a cell: of each place, and of each scenario. */
  commands: { places: string[]; scenarios: string[] };
}

export interface Cause {
  cause: string;
  words: string;
  evidence: string;
  curedBy: string | null;
}

/** The main cause in words. */
export function mainCause(index: AtlasIndex, cell: AtlasCell | null): Cause | null {
  const main = mainCauseOf(cell);
  if (main === null) return null;
  const { cause, evidence, curedBy } = main;
  return { cause, words: index.causeWords[cause] ?? cause, evidence, curedBy };
}

export function cellAt(
  index: AtlasIndex,
  place: number,
  scenario: number,
  kernel: number,
): AtlasCell | null {
  const at = index.at[place]?.[scenario]?.[kernel] ?? -1;
  return index.cells[at] ?? null;
}

/** Kernels next to each other with the same verdict. */
export interface Range {
  kind: VerdictKind;
  from: number;
  to: number;
}

/** The verdicts of one place and scenario over all kernels. What was not measured belongs to no range. */
export function rangesOf(index: AtlasIndex, place: number, scenario: number): Range[] {
  const ranges: Range[] = [];
  for (let kernel = 0; kernel < index.kernels.length; kernel += 1) {
    const { kind } = verdictOf(cellAt(index, place, scenario, kernel));
    if (kind === "unknown") continue;
    const last = ranges[ranges.length - 1];
    if (last?.kind === kind) last.to = kernel;
    else ranges.push({ kind, from: kernel, to: kernel });
  }
  return ranges;
}

export interface Answer {
  verdict: Verdict;
  cause: Cause | null;
  /** "so from 6.12 on, up to 7.1"; "" where only one kernel was measured. */
  since: string;
  /** What other kernels do: "6.1: every request punts". */
  otherwise: string[];
  /** What helps; null: nothing punts, or no cure is known. */
  cure: string | null;
  /** Instructions of a request, beside those of one that goes inline; null: not counted. */
  cost: string | null;
  kernelFunction: string | null;
  /** What the filesystem's function returned: "submitter -11 (EAGAIN); worker 4096". */
  returned: string;
  command: string;
  packageVersion: string;
}

/** Everything that the atlas says of one cell. */
export function answerOf(
  index: AtlasIndex,
  place: number,
  scenario: number,
  kernel: number,
): Answer {
  const cell = cellAt(index, place, scenario, kernel);
  const verdict = cell === null ? unmeasured(index, place, scenario) : verdictOf(cell);
  const cause = mainCause(index, cell);
  const ranges = rangesOf(index, place, scenario);
  const mine = ranges.find(({ from, to }) => from <= kernel && kernel <= to);
  const { label: name = "", packageVersion = "" } = index.kernels[kernel] ?? {};
  return {
    verdict,
    cause,
    since: mine === undefined ? "" : sinceWords(index, ranges, mine),
    otherwise: ranges
      .filter((range) => range !== mine)
      .map(
        (range) =>
          `${spanWords(index, range)}: ${verdictOf(cellAt(index, place, scenario, range.from)).words}`,
      ),
    cure: cureOf(index, verdict, cause, ranges, kernel),
    cost: costWords(index, place, scenario, kernel),
    kernelFunction: cell?.kernelFunction ?? null,
    returned: returnedWords(cell),
    command: `npm run lab -- --kernels ${name} ${index.commands.places[place]}${
      index.scenarios[scenario]?.traced ? " --explain --trace-only" : " -r 1"
    } ${index.commands.scenarios[scenario]}`,
    packageVersion,
  };
}

/** Why there is no cell. */
function unmeasured(index: AtlasIndex, place: number, scenario: number): Verdict {
  const verdict = verdictOf(null);
  const here = index.places[place];
  if (here === undefined || here.scenarios.includes(scenario)) return verdict;
  const plain = here.name.split("-")[0];
  return {
    ...verdict,
    words: `not measured on ${here.words}, which does not decide it: look at ${plain}`,
  };
}

/** Only what was measured is said to differ. */
function sinceWords({ kernels }: AtlasIndex, ranges: readonly Range[], mine: Range): string {
  const [from, to] = [label(kernels, mine.from), label(kernels, mine.to)];
  const at = ranges.indexOf(mine);
  const [before, after] = [ranges[at - 1], ranges[at + 1]];
  if (before && after) return `so from ${from} to ${to} only`;
  if (before) return `so from ${from} on; ${label(kernels, before.to)} differs`;
  if (after) return `so up to ${to}; ${label(kernels, after.from)} differs`;
  if (from === to) return "";
  return `so on every kernel measured, ${from} to ${to}`;
}

function spanWords({ kernels }: AtlasIndex, { from, to }: Range): string {
  return from === to ? label(kernels, from) : `${label(kernels, from)} to ${label(kernels, to)}`;
}

function label(kernels: AtlasIndex["kernels"], kernel: number): string {
  return kernels[kernel]?.label ?? "?";
}

/** What the trace names, and the first newer kernel that was measured not to punt. */
function cureOf(
  index: AtlasIndex,
  { kind }: Verdict,
  cause: Cause | null,
  ranges: readonly Range[],
  kernel: number,
): string | null {
  if (kind === "no" || kind === "cannot" || kind === "unknown") return null;
  const better = ranges.find(({ from, kind: later }) => from > kernel && later === "no");
  const newer = better && `Linux ${label(index.kernels, better.from)}, where no request punts`;
  return [cause?.curedBy, newer].filter(Boolean).join("; or ") || null;
}

/** An overwrite that goes inline does the least that a write can do. */
const INLINE = "dd-prefill";

function costWords(
  index: AtlasIndex,
  place: number,
  scenario: number,
  kernel: number,
): string | null {
  const cost = cellAt(index, place, scenario, kernel)?.instructions;
  if (!cost) return null;
  const inline = index.scenarios.findIndex(({ name }) => name === INLINE);
  const plain = inline === scenario ? null : cellAt(index, place, inline, kernel);
  const workers = cost.ioWq === null ? "" : `io-wq ${thousands(cost.ioWq)}, `;
  const parts = `submitter ${thousands(cost.submitter)}, ${workers}kernel workers ${thousands(cost.kernelWorkers)}`;
  const beside =
    plain?.instructions && ["no", "few", "tick"].includes(verdictOf(plain).kind)
      ? `; an overwrite that goes inline costs ${thousands(sumOf(plain.instructions))}`
      : "";
  return `${thousands(sumOf(cost))} instructions per request (${parts})${beside}`;
}

function sumOf({ submitter, ioWq, kernelWorkers }: NonNullable<AtlasCell["instructions"]>): number {
  return submitter + (ioWq ?? 0) + kernelWorkers;
}

function thousands(count: number): string {
  return count.toLocaleString("en-US");
}

function returnedWords(cell: AtlasCell | null): string {
  const said = [
    ["submitter", cell?.submitterGot],
    ["worker", cell?.workerGot],
  ] as const;
  return said
    .flatMap(([who, got]) => (got && got.length > 0 ? [`${who} ${got.join(" or ")}`] : []))
    .join("; ");
}

/** A change from one kernel to the next one that was measured. */
export interface Change {
  place: number;
  scenario: number;
  from: number;
  to: number;
  better: boolean;
}

/** None, some or all. Which some is up to chance and to the pace; single requests may punt in any boot. */
const RANK: Partial<Record<VerdictKind, number>> = {
  no: 0,
  few: 0,
  tick: 1,
  some: 1,
  mixed: 1,
  all: 2,
};

/** null: it says nothing of a change. On a slow CPU clock ticks may be why all punt, beside a cause of some. */
export function rankOf(cell: AtlasCell | null): number | null {
  const { kind } = verdictOf(cell);
  const causes = cell?.causes ?? [];
  const partly = kind === "all" && causes.some(({ cause }) => cause === "timestamp");
  return partly && causes.length > 1 ? null : (RANK[kind] ?? null);
}

/** All changes between neighbours, oldest first. What varies or cannot be done is no change, nor are two shares. */
export function changesOf(index: AtlasIndex): Change[] {
  const changes: Change[] = [];
  for (let place = 0; place < index.places.length; place += 1) {
    for (let scenario = 0; scenario < index.scenarios.length; scenario += 1) {
      let before: Range | undefined;
      for (const range of rangesOf(index, place, scenario)) {
        const is = rankOf(cellAt(index, place, scenario, range.from));
        if (is === null) continue;
        const was = before ? rankOf(cellAt(index, place, scenario, before.to)) : null;
        if (before && was !== null && was !== is) {
          changes.push({ place, scenario, from: before.to, to: range.from, better: is < was });
        }
        before = range;
      }
    }
  }
  return changes.sort((a, b) => a.to - b.to);
}
