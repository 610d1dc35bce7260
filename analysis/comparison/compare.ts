import type { Metric } from "../../results/metrics.js";
import type { Scenario } from "../../results/schema.js";
import { UserError } from "../../terminal/errors.js";
import { formatBytes } from "../../terminal/units.js";
import type { Cell } from "../cells/cell.js";
import { type Change, type ChangeVerdict, changeBetween, verdictOf } from "../estimates/change.js";
import { type Estimate, trialEstimate } from "../estimates/estimate.js";
import { commonSpending } from "../estimates/spending.js";
import { benjaminiHochberg } from "../statistics/benjamini-hochberg.js";
import { type Difference, environmentDifferences } from "./environments.js";
import type { Side } from "./sides.js";

/** What is compared, in the order it is shown. */
export const COMPARED: readonly Metric[] = [
  "puntRatio",
  "iops",
  "latencyNsP50",
  "latencyNsP99",
  "cpuNs",
  "instructions",
];
/** These are exact under emulation, so they can be compared on any machine. */
const COUNTS: ReadonlySet<Metric> = new Set<Metric>(["puntRatio", "instructions"]);

/** Differences that forbid a comparison unless the user allows them. */
export const ALLOWABLE = ["emulated", "block-size", "device"] as const;
export type Allowable = (typeof ALLOWABLE)[number];

export interface MetricComparison {
  metric: Metric;
  a: Estimate;
  b: Estimate;
  change: Change | null;
  verdict: ChangeVerdict;
}

export interface ScenarioComparison {
  scenario: Scenario;
  filesystem: string;
  metrics: MetricComparison[];
}

export interface Comparison {
  a: Side;
  b: Side;
  thresholdRatio: number;
  scenarios: ScenarioComparison[];
  differences: Difference[];
  notes: string[];
}

const FALSE_DISCOVERY_RATE = 0.05;

/** Throws UserError when the sides have nothing in common or differ in what forbids a comparison. */
export function compareSides(
  a: Side,
  b: Side,
  thresholdRatio: number,
  allowed: ReadonlySet<Allowable>,
): Comparison {
  const differences = environmentDifferences(a.analysis, b.analysis);
  const times = timesCompare(a, b, differences, allowed);
  const { pairs, notes } = matchCells(a, b, allowed);
  const metrics = COMPARED.filter((metric) => times || COUNTS.has(metric));
  if (!times) {
    notes.push("emulated times compare with nothing, so only punts and instructions are compared");
  }
  const scenarios = pairs
    .map(([left, right]) => compareCells(left, right, metrics, thresholdRatio))
    .filter((scenario) => scenario.metrics.length > 0);
  if (scenarios.length === 0) {
    throw new UserError(
      `${a.name} and ${b.name} have no measured scenario in common`,
      unreadable(a, b) ??
        "Run the same matrix on both: the same preparations, queue depths, arms and block size.",
    );
  }
  judgeTogether(scenarios, thresholdRatio);
  notes.push(...basisNotes(scenarios));
  return { a, b, thresholdRatio, scenarios, differences, notes };
}

/** When nothing is in common, the reason may be that nothing could be read. */
function unreadable(...sides: Side[]): string | null {
  const run = sides.flatMap(({ analysis }) => analysis.runs).find((found) => found.trials.ok === 0);
  return run ? `${run.file} holds no good trial (${run.warnings[0] ?? "all failed"}).` : null;
}

function timesCompare(
  a: Side,
  b: Side,
  differences: readonly Difference[],
  allowed: ReadonlySet<Allowable>,
): boolean {
  const emulated = [a, b].map((side) => side.analysis.subjects.some((subject) => subject.emulated));
  if (emulated[0] || emulated[1]) return allowed.has("emulated");
  const device = differences.find(({ what }) => what === "device");
  if (device && !allowed.has("device")) {
    throw new UserError(
      `${a.name} was measured on ${device.a}, ${b.name} on ${device.b}: a difference could be the device's`,
      "Measure both on the same device, or say --allow device to compare all the same.",
    );
  }
  return true;
}

type Matching = { pairs: [Cell, Cell][]; notes: string[] };

function matchCells(a: Side, b: Side, allowed: ReadonlySet<Allowable>): Matching {
  const notes: string[] = [];
  const sameFilesystem = a.analysis.subjects.some((subject) =>
    b.analysis.subjects.some((other) => other.filesystem === subject.filesystem),
  );
  if (!sameFilesystem) notes.push("the filesystems differ; scenarios are matched all the same");
  const anySize = allowed.has("block-size");
  const keyOf = ({ scenario, subject }: Cell): string =>
    JSON.stringify([
      scenario.preparation,
      scenario.arm,
      scenario.queueDepth,
      scenario.intervalNs,
      scenario.order,
      anySize ? null : scenario.blockSizeBytes,
      sameFilesystem ? subject.filesystem : null,
    ]);
  const pairs: [Cell, Cell][] = [];
  for (const left of measuredCells(a)) {
    const candidates = measuredCells(b)
      .filter((cell) => keyOf(cell) === keyOf(left))
      .sort((one, two) => unlike(one, left) - unlike(two, left));
    const alike = candidates.find((cell) => sameSizes(cell.scenario, left.scenario));
    const rivals = measuredCells(a).filter((cell) => keyOf(cell) === keyOf(left));
    const right = alike ?? (rivals[0] === left ? candidates[0] : undefined);
    if (!right) continue;
    if (!alike) notes.push("file sizes or buffers differ between the sides");
    pairs.push([left, right]);
  }
  if (pairs.length === 0) refuseBlockSizes(a, b);
  return { pairs, notes: [...new Set(notes)] };
}

function measuredCells({ analysis }: Side): Cell[] {
  return analysis.cells.filter((cell) => cell.runOf.length > 0);
}

/** A label may stand for a real and an emulated kernel; real is paired with real, emulated with emulated. */
function unlike(cell: Cell, other: Cell): number {
  return Number(cell.subject.emulated !== other.subject.emulated);
}

function sameSizes(a: Scenario, b: Scenario): boolean {
  return a.fileSizeBytes === b.fileSizeBytes && a.registeredBuffers === b.registeredBuffers;
}

function refuseBlockSizes(a: Side, b: Side): void {
  const [left, right] = [a, b].map((side) => [
    ...new Set(measuredCells(side).map((cell) => cell.scenario.blockSizeBytes)),
  ]) as [number[], number[]];
  if (left.some((size) => right.includes(size)) || left.length === 0 || right.length === 0) return;
  throw new UserError(
    `${a.name} wrote blocks of ${left.map(formatBytes).join(", ")}, ${b.name} of ${right.map(formatBytes).join(", ")}`,
    "Measure both with the same --block-size, or say --allow block-size to compare all the same.",
  );
}

function compareCells(
  a: Cell,
  b: Cell,
  metrics: readonly Metric[],
  threshold: number,
): ScenarioComparison {
  const compared = metrics.flatMap((wanted): MetricComparison[] => {
    const metric =
      wanted === "cpuNs" || wanted === "instructions" ? commonSpending([a, b], wanted) : wanted;
    const [from, to] = [trialEstimate(a, metric), trialEstimate(b, metric)];
    if (!from || !to) return [];
    const change = changeBetween(a, b, metric);
    return [{ metric, a: from, b: to, change, verdict: verdictOf(change, metric, threshold) }];
  });
  return { scenario: a.scenario, filesystem: a.subject.filesystem, metrics: compared };
}

/** Among a hundred comparisons a few look like findings by chance; those are set to "not enough data". */
function judgeTogether(scenarios: readonly ScenarioComparison[], threshold: number): void {
  const all = scenarios.flatMap(({ metrics }) => metrics).filter(({ change }) => change !== null);
  const stands = benjaminiHochberg(
    all.map(({ change }) => (change as Change).p),
    FALSE_DISCOVERY_RATE,
  );
  for (const [index, found] of all.entries()) {
    found.verdict = verdictOf(found.change, found.metric, threshold, stands[index]);
  }
}

function basisNotes(scenarios: readonly ScenarioComparison[]): string[] {
  const bases = new Set(
    scenarios.flatMap(({ metrics }) => metrics.map(({ change }) => change?.basis)),
  );
  if (!bases.has("trials")) return [];
  return [
    "at least one side rests on one boot: what differs from boot to boot is not in the intervals",
  ];
}
