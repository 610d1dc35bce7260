import type { Metric } from "../../results/metrics.js";
import type { Scenario } from "../../results/schema.js";
import { UserError } from "../../terminal/errors.js";
import type { Unit } from "../cells/run.js";
import { type Change, changeBetween } from "../estimates/change.js";
import { type Estimate, estimate } from "../estimates/estimate.js";
import { judgeTogether } from "../estimates/judge.js";
import { commonSpending } from "../estimates/spending.js";
import type { ChangeVerdict } from "../estimates/verdict.js";
import type { Allowable } from "./allowable.js";
import { COMPARED, COUNTS } from "./compared-metrics.js";
import { type Difference, environmentDifferences } from "./environments.js";
import { matchCells, type Pair } from "./match.js";
import { EVERYTHING, type Only } from "./only.js";
import type { Side } from "./sides.js";

export interface CompareRules {
  thresholdRatio: number;
  allowed: ReadonlySet<Allowable>;
  /** What the user picked; everything by default. */
  only?: Only;
}

export interface MetricComparison {
  metric: Metric;
  /** null: not measured on this side. */
  a: Estimate | null;
  b: Estimate | null;
  change: Change | null;
  verdict: ChangeVerdict;
}

export interface ScenarioComparison {
  scenario: Scenario;
  filesystem: string;
  differs: string[];
  /** False: times are not compared, because the rings had other flags. */
  timesCompare: boolean;
  metrics: MetricComparison[];
}

export interface Comparison {
  a: Side;
  b: Side;
  thresholdRatio: number;
  /** Confidence of the intervals of findings: all of them together are false in at most 5 %. */
  findingLevel: number;
  scenarios: ScenarioComparison[];
  differences: Difference[];
  notes: string[];
  /** What the figures are repeated over. */
  unit: Unit;
}

/** Throws UserError when the sides have nothing in common or differ in what forbids a comparison. */
export function compareSides(a: Side, b: Side, rules: CompareRules): Comparison {
  const { thresholdRatio, allowed, only = EVERYTHING } = rules;
  const differences = environmentDifferences(a.analysis, b.analysis);
  const times = timesCompare(a, b, differences, allowed);
  const { pairs, notes } = matchCells(a, b, allowed);
  const metrics = COMPARED.filter((metric) => (times || COUNTS.has(metric)) && only.metric(metric));
  if (!times) {
    notes.push("emulated times compare with nothing, so only punts and instructions are compared");
  }
  const compared = pairs
    .filter((pair) => only.cell(pair.a))
    .map((pair): Compared => {
      const comparable = pair.sameRing || allowed.has("ring");
      return { pair, found: compareCells(pair, metrics, comparable) };
    })
    .filter(({ found }) => found.metrics.length > 0);
  if (compared.length === 0) throw nothingInCommon(a, b, only);
  const judged = compared.flatMap(({ pair, found }) =>
    found.metrics.map((metric) => ({
      found: metric,
      at: (level: number) => changeBetween(pair.a, pair.b, metric.metric, level),
    })),
  );
  const findingLevel = judgeTogether(judged, thresholdRatio);
  const scenarios = compared.map(({ found }) => found);
  const { unit } = b.analysis;
  return { a, b, thresholdRatio, findingLevel, scenarios, differences, notes, unit };
}

function nothingInCommon(a: Side, b: Side, only: Only): UserError {
  const remedy =
    only === EVERYTHING
      ? "Run the same matrix on both: the same preparations, queue depths, arms and block size."
      : "Leave out --only to see all scenarios.";
  return new UserError(
    `${a.name} and ${b.name} have no measured scenario in common${only === EVERYTHING ? "" : " that --only picks"}`,
    unreadable(a, b) ?? remedy,
  );
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

interface Compared {
  pair: Pair;
  found: ScenarioComparison;
}

function compareCells(
  { a, b, differs }: Pair,
  metrics: readonly Metric[],
  timesCompare: boolean,
): ScenarioComparison {
  const compared = metrics.flatMap((wanted): MetricComparison[] => {
    const metric =
      wanted === "cpuNs" || wanted === "instructions" ? commonSpending([a, b], wanted) : wanted;
    const [from, to] = [estimate(a, metric), estimate(b, metric)];
    if (!from && !to && COUNTS.has(wanted)) return [];
    const comparable = timesCompare || COUNTS.has(wanted);
    const change = comparable ? changeBetween(a, b, metric) : null;
    return [{ metric, a: from, b: to, change, verdict: "not enough data" }];
  });
  const { scenario, subject } = a;
  return { scenario, filesystem: subject.filesystem, differs, timesCompare, metrics: compared };
}
