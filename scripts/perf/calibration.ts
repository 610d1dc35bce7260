import type { Cell } from "../../analysis/cells/cell.js";
import { compareSides } from "../../analysis/comparison/compare.js";
import type { Analysis } from "../../analysis/loading/analysis.js";
import { METRIC_NAMES, METRICS, type Metric } from "../../results/metrics.js";
import { type Random, seededRandom } from "../../results/seeded-random.js";

/** How often `compare` finds a scenario to differ from itself, each comparison judged as a whole. */
export interface FalseVerdicts {
  how: string;
  metric: Metric;
  comparisons: number;
  /** Verdicts that are neither "within" nor "not enough data". */
  different: number;
}

/** Punts are judged too, but they hardly vary; these do. */
export const METRICS_JUDGED: readonly Metric[] = ["iops", "latencyNsP50", "latencyNsP99", "cpuNs"];
const THRESHOLD = 0.05;
export const TRIALS = [2, 3, 5] as const;
/** The most trials that one comparison within a run takes from it. */
export const TRIALS_PER_COMPARISON = 2 * Math.max(...TRIALS);
const BOOTS = [1, 3, 5] as const;
const TRIALS_OF_BOOT = 5;
/** Standard deviations of the logarithm from boot to boot: 12 % and 30 % were seen on virtual machines. */
const BOOT_DEVIATIONS = [0.12, 0.3] as const;

/** Rounds of one run, paired: the rounds of a pair alternate, so that drift affects both halves equally. */
export function withinRun(analysis: Analysis, cell: Cell, comparisons: number): FalseVerdicts[] {
  return TRIALS.flatMap((trials) => {
    const pairs = Array.from({ length: comparisons }, (_, comparison): Pair => {
      const first = comparison * 2 * trials;
      const every = Array.from({ length: trials }, (_, index) => first + 2 * index);
      const rounds = every.map((_, round) => round);
      const runs = every.map(() => 0);
      const next = every.map((index) => index + 1);
      return [
        part(cell, { picked: every, rounds, runs, comparison }),
        part(cell, { picked: next, rounds, runs, comparison }),
      ];
    });
    return falseVerdicts(analysis, pairs, `one run, ${trials} rounds`);
  });
}

/** Real trials in a random order, dealt to boots; each boot is made faster or slower by a factor that is drawn. */
export function betweenBoots(analysis: Analysis, cell: Cell, comparisons: number): FalseVerdicts[] {
  const random = seededRandom(2026);
  return BOOTS.flatMap((boots) =>
    BOOT_DEVIATIONS.flatMap((deviation) => {
      const pairs = Array.from(
        { length: comparisons },
        (_, comparison): Pair => [
          kernel(cell, { boots, firstRun: 0, deviation, comparison }, random),
          kernel(cell, { boots, firstRun: boots, deviation, comparison }, random),
        ],
      );
      const how = `${boots} boot${boots === 1 ? "" : "s"} a side that differ by ${100 * deviation} %`;
      return falseVerdicts(analysis, pairs, how);
    }),
  );
}

type Pair = [Cell, Cell];

function falseVerdicts(analysis: Analysis, pairs: readonly Pair[], how: string): FalseVerdicts[] {
  const different = new Map<Metric, number>(METRICS_JUDGED.map((metric) => [metric, 0]));
  for (const [a, b] of pairs) {
    const { scenarios } = compareSides(
      { name: "A", analysis: { ...analysis, cells: [a] } },
      { name: "B", analysis: { ...analysis, cells: [b] } },
      { thresholdRatio: THRESHOLD, allowed: new Set() },
    );
    for (const { metric, verdict } of scenarios.flatMap(({ metrics }) => metrics)) {
      if (verdict === "within" || verdict === "not enough data") continue;
      different.set(metric, (different.get(metric) ?? 0) + 1);
    }
  }
  return [...different].map(([metric, count]) => ({
    how,
    metric,
    comparisons: pairs.length,
    different: count,
  }));
}

interface Picked {
  picked: readonly number[];
  runs: number[];
  rounds: number[];
  comparison: number;
}

/** A cell of these trials only. */
function part(cell: Cell, { picked, runs, rounds, comparison }: Picked): Cell {
  const values = METRIC_NAMES.map((metric) => [
    metric,
    picked.map((index) => cell.values[metric][index] ?? Number.NaN),
  ]);
  return {
    ...cell,
    // The bootstrap takes its seed from the scenario: another file size gives another seed.
    scenario: { ...cell.scenario, fileSizeBytes: cell.scenario.fileSizeBytes + comparison },
    runOf: runs,
    bootOfRun: new Map(),
    roundOf: rounds,
    values: Object.fromEntries(values),
  };
}

interface SimulatedBoots {
  boots: number;
  firstRun: number;
  deviation: number;
  comparison: number;
}

function kernel(cell: Cell, simulated: SimulatedBoots, random: Random): Cell {
  const { boots, firstRun, deviation, comparison } = simulated;
  const trials = boots * TRIALS_OF_BOOT;
  const each = Array.from({ length: trials }, (_, trial) => trial);
  const drawn = part(cell, {
    picked: each.map(() => Math.floor(random() * cell.runOf.length)),
    runs: each.map((trial) => firstRun + Math.floor(trial / TRIALS_OF_BOOT)),
    rounds: each.map((trial) => trial % TRIALS_OF_BOOT),
    comparison,
  });
  const slowness = Array.from({ length: boots }, () => Math.exp(deviation * normal(random)));
  for (const metric of METRIC_NAMES) {
    if (METRICS[metric].unit === "1") continue;
    drawn.values[metric] = drawn.values[metric].map((value, trial) => {
      const factor = slowness[Math.floor(trial / TRIALS_OF_BOOT)] as number;
      return METRICS[metric].better === "higher" ? value / factor : value * factor;
    });
  }
  return drawn;
}

/** A draw from the normal distribution (Box and Muller). */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
