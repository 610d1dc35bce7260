import { type VerdictKind, verdictOf } from "../../results/atlas/verdict.js";
import { plural } from "../../terminal/plural.js";
import {
  type AtlasIndex,
  type Cause,
  type Change,
  cellAt,
  changesOf,
  mainCause,
  rankOf,
} from "./answers.js";

/** Requests of one place that a newer kernel treats otherwise, all in the same way and for the same cause. */
export interface Finding {
  place: number;
  from: number;
  to: number;
  better: boolean;
  was: VerdictKind;
  is: VerdictKind;
  /** Of the kernel that punts; null: none was seen. */
  cause: Cause | null;
  /** The one whose evidence is shown stands first. */
  scenarios: number[];
}

/** What changed from kernel to kernel, put together: by filesystem, then oldest first, then what concerns most requests. */
export function findingsOf(index: AtlasIndex): Finding[] {
  const found = new Map<string, Finding>();
  for (const change of changesOf(index)) {
    if (isAlsoPlain(index, change)) continue;
    const { place, from, to, better, scenario } = change;
    const [was, is] = [kindAt(index, change, from), kindAt(index, change, to)];
    const cause = mainCause(index, cellAt(index, place, scenario, better ? from : to));
    const key = [place, from, to, was, is, cause?.cause].join(" ");
    const known = found.get(key);
    if (known) known.scenarios.push(scenario);
    else found.set(key, { place, from, to, better, was, is, cause, scenarios: [scenario] });
  }
  return [...found.values()].sort(
    (a, b) => a.place - b.place || a.to - b.to || b.scenarios.length - a.scenarios.length,
  );
}

/** Two neighbouring kernels between which nothing changed, by how many answers: what varies or was not measured is none. */
export interface Unchanged {
  from: number;
  to: number;
  compared: number;
}

export function unchangedSteps(index: AtlasIndex, findings: readonly Finding[]): Unchanged[] {
  const changed = new Set(findings.map(({ from, to }) => `${from} ${to}`));
  return index.kernels.slice(1).flatMap((_, from) => {
    const to = from + 1;
    if (changed.has(`${from} ${to}`)) return [];
    const known = (place: number, scenario: number) =>
      [from, to].every((kernel) => rankOf(cellAt(index, place, scenario, kernel)) !== null);
    const compared = index.places.reduce(
      (sum, { scenarios }, place) => sum + scenarios.filter((at) => known(place, at)).length,
      0,
    );
    return [{ from, to, compared }];
  });
}

/** "Linux 6.17 -> 6.18: 540 answers compared, none changed". */
export function unchangedWords(index: AtlasIndex, { from, to, compared }: Unchanged): string {
  const [label, next] = [from, to].map((kernel) => index.kernels[kernel]?.label);
  const result =
    compared === 0
      ? "no answer can be compared"
      : `${plural(compared, "answer")} compared, none changed`;
  return `Linux ${label} → ${next}: ${result}`;
}

function kindAt(index: AtlasIndex, { place, scenario }: Change, kernel: number): VerdictKind {
  return verdictOf(cellAt(index, place, scenario, kernel)).kind;
}

/** A mount option or a device below that shows what the plain filesystem shows is no finding of its own. */
function isAlsoPlain(index: AtlasIndex, change: Change): boolean {
  const name = index.places[change.place]?.name ?? "";
  const plain = index.places.findIndex((one) => one.name === name.split("-")[0]);
  if (plain < 0 || plain === change.place) return false;
  return [change.from, change.to].every(
    (kernel) =>
      kindAt(index, change, kernel) === kindAt(index, { ...change, place: plain }, kernel),
  );
}

const PUNTS: Readonly<Record<VerdictKind, string>> = {
  no: "no request punts",
  few: "single requests punt",
  some: "some requests punt",
  tick: "the first request after each clock tick punts",
  mixed: "some requests punt, and of the rest the first after each clock tick",
  all: "every request punts",
  varies: "it varies",
  cannot: "it cannot be done",
  unknown: "it was not measured",
};

/** "ext4, Linux 6.1 -> 6.12: 12 kinds of requests are better. Before, every request punts, because ...; after, no request punts." */
export function findingWords(index: AtlasIndex, finding: Finding): string {
  const { place, from, to, better, was, is, cause, scenarios } = finding;
  const traced = scenarios.some((at) => index.scenarios[at]?.traced);
  const notSeen = traced ? "the cause was not seen" : "such requests cannot be traced";
  const seen = cause !== null && cause.cause !== "unknown";
  const because = seen ? `, because ${cause.words}` : ` (${notSeen})`;
  const [label, next] = [from, to].map((kernel) => index.kernels[kernel]?.label ?? "?");
  const [only = 0, ...others] = scenarios;
  const kinds =
    others.length === 0
      ? `${index.scenarios[only]?.name} is`
      : `${scenarios.length} kinds of requests are`;
  return (
    `${index.places[place]?.words}, Linux ${label} → ${next}: ${kinds} ${better ? "better" : "worse"}. ` +
    `Up to ${label} ${PUNTS[was]}${better ? because : ""}; from ${next} on ${PUNTS[is]}${better ? "" : because}.`
  );
}

/**
 * What was measured of the first scenario on both kernels: "fallocate-0: 256 of 256 punted on 6.1, 0 of 256 punted on 6.12". Where
 * the traced run had other punts, it has both.
 */
export function findingCounts(index: AtlasIndex, { place, from, to, scenarios }: Finding): string {
  const [first = 0] = scenarios;
  const counts = [from, to].map((kernel) => {
    const cell = cellAt(index, place, first, kernel);
    const run = cell?.counted ?? cell?.traced ?? null;
    const label = index.kernels[kernel]?.label;
    if (run === null) return `not counted on ${label}`;
    const traced = cell?.traced ?? run;
    const other = traced.punts === run.punts ? "" : ` (traced: ${traced.punts})`;
    return `${run.punts} of ${run.requests} punted on ${label}${other}`;
  });
  return `${index.scenarios[first]?.name}: ${counts.join(", ")}`;
}

/** The kernel function that decides on the kernel that punts, by the rules; null: no rule knows. */
export function findingFunction(index: AtlasIndex, finding: Finding): string | null {
  const { place, scenarios, better, from, to } = finding;
  const kernel = better ? from : to;
  for (const scenario of scenarios) {
    const cell = cellAt(index, place, scenario, kernel);
    // Of several causes the function may be that of another one.
    if (cell?.kernelFunction && cell.causes.length === 1) return cell.kernelFunction;
  }
  return null;
}
