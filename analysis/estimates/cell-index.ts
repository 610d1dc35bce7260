import { median } from "simple-statistics";
import type { Metric } from "../../results/metrics.js";
import { seededRandom, seedOf } from "../../results/seeded-random.js";
import type { Cell } from "../cells/cell.js";
import { groupBy } from "../cells/group-by.js";
import { valuesByRound } from "../cells/values.js";
import { pairedShift, SHIFT_VALUES_MAX } from "../statistics/shift.js";
import type { Difference, Quantity, Source } from "./cost-recipe.js";
import type { Estimate } from "./estimate.js";
import { commonSpending, type Spending } from "./spending.js";

/** Cells of one subject by what they are, and differences between them by round. */
export class CellIndex {
  readonly #cells = new Map<string, Cell>();
  readonly #spending: Record<Spending, Metric>;

  constructor(cells: readonly Cell[]) {
    this.#spending = {
      cpuNs: commonSpending(cells, "cpuNs"),
      instructions: commonSpending(cells, "instructions"),
    };
    for (const cell of cells) {
      if (cell.runOf.length > 0) this.#cells.set(keyOf(cell.scenario), cell);
    }
  }

  /** The metric that stands for a quantity in all cells alike. */
  metricOf(quantity: Quantity): Metric {
    if (quantity === "wallNs") return "iops";
    return quantity === "latencyNsP50" ? quantity : this.#spending[quantity];
  }

  get(source: Source): Cell | undefined {
    return this.#cells.get(keyOf(source));
  }

  /** null for fewer than two rounds. */
  value(source: Source, quantity: Quantity): Estimate | null {
    return this.#estimate(this.#byRound(source, quantity), quantity, source);
  }

  /** How much more a cell is than another, or than another difference; null when they share fewer than two rounds. */
  difference(of: Difference, less: Difference | null, quantity: Quantity): Estimate | null {
    const rounds = ({ to, from }: Difference) =>
      without(this.#byRound(to, quantity), this.#byRound(from, quantity));
    const found = less ? without(rounds(of), rounds(less)) : rounds(of);
    return this.#estimate(found, quantity, [of.to, of.from, less]);
  }

  #byRound(source: Source, quantity: Quantity): ByRound {
    const cell = this.get(source);
    return cell ? quantityByRound(cell, this.metricOf(quantity)) : new Map();
  }

  #estimate(byRound: ByRound, quantity: Quantity, seed: unknown): Estimate | null {
    const unit = quantity === "instructions" ? "1" : "ns";
    return estimateOf(byRound, unit, `${quantity} ${JSON.stringify(seed)}`);
  }
}

type ByRound = Map<string, number>;

/** Only rounds that both have. */
function without(rounds: ByRound, less: ByRound): ByRound {
  const differences = [...rounds].flatMap(([round, value]): [string, number][] => {
    const other = less.get(round);
    return other === undefined ? [] : [[round, value - other]];
  });
  return new Map(differences);
}

function keyOf({ preparation, arm, queueDepth }: Source): string {
  return `${preparation} ${arm} ${queueDepth}`;
}

function quantityByRound(cell: Cell, metric: Metric): Map<string, number> {
  return metric === "iops"
    ? valuesByRound(cell, "iops", (iops) => 1e9 / iops)
    : valuesByRound(cell, metric);
}

/** With several boots: the median of each boot's rounds, then the middle of these. */
function estimateOf(byRound: Map<string, number>, unit: string, seed: string): Estimate | null {
  const byBoot = groupBy(byRound, ([round]) => round.slice(0, round.indexOf("/")));
  const boots = [...byBoot.values()].map((rounds) => rounds.map(([, value]) => value));
  const units = boots.length >= 2 ? boots.map((values) => median(values)) : (boots[0] ?? []);
  const shift = pairedShift(units.slice(0, SHIFT_VALUES_MAX), seededRandom(seedOf(seed)));
  if (!shift) return null;
  const { point, lower, upper } = shift;
  return { point, lower, upper, coverage: 0.95, unit, trials: byRound.size, boots: boots.length };
}
