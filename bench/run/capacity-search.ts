import { median } from "simple-statistics";

/** What one trial at a rate showed. */
export interface StepResult {
  latencyNsP99: number;
  /** Whether the load was carried within the target. */
  holds: boolean;
}

/** All trials at one rate. */
export interface RateStep {
  /** Writes per second. */
  rate: number;
  /** Median over the trials, and their range. */
  latencyNsP99: number;
  lowestNsP99: number;
  highestNsP99: number;
  trials: number;
  /** Whether more than half of the trials held the target. */
  holds: boolean;
}

export interface FoundCapacity {
  /** The highest rate that holds, below every one that does not; null: even the lowest that was tried does not. */
  holds: RateStep | null;
  /** The next higher rate that was tried; null: none was too high. */
  misses: RateStep | null;
}

/** A paced stream may be a little faster than the closed loop of the same depth, because trials differ. */
const ABOVE_BOUND = 1.25;
const BISECTIONS = 6;
/** A narrower bracket would be finer than the difference between trials. */
const NARROW = 0.03;
/** A bracket that is wider than this after a repetition moved it is worth some steps more. */
const WIDE = 0.1;
const MOST_RATES = 10;

/**
 * Bisection over rates. After it, the two rates that bracket the capacity are tried again until each has `trials`: one
 * lucky trial must not decide. Where a repetition changes the verdict on a rate, the bracket moves.
 */
export class CapacitySearch {
  readonly #results = new Map<number, StepResult[]>();

  /** @param bound writes per second of the closed loop. @param trials for each end of the bracket. */
  constructor(
    readonly bound: number,
    readonly trials: number,
  ) {}

  /** The rate to try next; null when the search is over. */
  next(): number | null {
    const { holds, misses } = this.found();
    const low = holds?.rate ?? 0;
    const high = misses?.rate ?? this.bound * ABOVE_BOUND;
    const rates = this.#results.size;
    const finer = rates < BISECTIONS ? NARROW : rates < MOST_RATES ? WIDE : 1;
    if (high - low > high * finer) return wholeInterval((low + high) / 2);
    const doubtful = [holds, misses].find((step) => step !== null && step.trials < this.trials);
    return doubtful?.rate ?? null;
  }

  add(rate: number, result: StepResult): void {
    const known = this.#results.get(rate);
    if (known) known.push(result);
    else this.#results.set(rate, [result]);
  }

  found(): FoundCapacity {
    const steps = [...this.#results].map(toStep).sort((a, b) => a.rate - b.rate);
    const firstMiss = steps.findIndex((step) => !step.holds);
    if (firstMiss === -1) return { holds: steps.at(-1) ?? null, misses: null };
    return { holds: steps[firstMiss - 1] ?? null, misses: steps[firstMiss] as RateStep };
  }
}

/** Paces are whole nanoseconds, so that the rate of a step is the rate of its scenario. */
function wholeInterval(rate: number): number {
  return 1e9 / Math.round(1e9 / rate);
}

function toStep([rate, results]: [number, StepResult[]]): RateStep {
  const latencies = results.map(({ latencyNsP99 }) => latencyNsP99);
  return {
    rate,
    latencyNsP99: median(latencies),
    lowestNsP99: Math.min(...latencies),
    highestNsP99: Math.max(...latencies),
    trials: results.length,
    holds: results.filter(({ holds }) => holds).length * 2 > results.length,
  };
}
