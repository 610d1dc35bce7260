import type { Metric } from "../../results/metrics.js";
import type { Preparation } from "../../results/vocabulary.js";
import { formatRate } from "../../terminal/units.js";
import type { Cell } from "../cells/cell.js";
import type { Subject } from "../cells/subject.js";
import { type Estimate, estimate } from "../estimates/estimate.js";

/** A search for capacity leaves a smaller gap than this between what holds and what does not. */
const WIDE_GAP = 1.2;

/** What is asked of the system. */
export interface Demand {
  iops: number;
  latencyNsP99: number;
}

/** A measured point of operation. */
export interface OperatingPoint {
  queueDepth: number;
  /** 0: back to back. */
  intervalNs: number;
  iops: Estimate;
  latencyNsP99: Estimate;
  cpuNsSubmitter: Estimate | null;
  cpuNsIoWq: Estimate | null;
  cpuNsKernelWorkers: Estimate | null;
  /** The sum of the above; without kernel workers where some measured point of the plan lacks them. */
  cpuNs: Estimate | null;
  cpuNsRest: Estimate | null;
}

/** Whole cores kept busy: CPU time per second. */
export interface Cores {
  submitter: number | null;
  ioWq: number | null;
  kernelWorkers: number | null;
  /** Interrupts and other programs; exact only when the machine was idle. */
  rest: number | null;
  /** All but the rest, with the ends of its interval. */
  total: { point: number; lower: number; upper: number } | null;
}

export interface Capacity {
  subject: Subject;
  preparation: Preparation;
  /** The highest measured load within the latency target; null when there is none. */
  best: OperatingPoint | null;
  /** Devices like the measured one that carry the demand at that load or below. */
  devices: number | null;
  cores: Cores | null;
  /** Limits of this figure, and which run would tell more. */
  remarks: string[];
}

/**
 * Every point of one preparation on one subject, from low to high load; none from emulated times.
 *
 * @param cpu which sum of spenders all points of the plan have, see `commonSpending`.
 */
export function operatingPoints(
  cells: readonly Cell[],
  preparation: Preparation,
  cpu: Metric,
): OperatingPoint[] {
  return cells
    .filter((cell) => cell.scenario.preparation === preparation && cell.scenario.arm === "inline")
    .flatMap((cell) => {
      const iops = estimate(cell, "iops");
      // The median of the trials' p99: one disturbed trial must not decide what a device can carry.
      const latencyNsP99 = estimate(cell, "latencyNsP99");
      if (!iops || !latencyNsP99 || cell.subject.emulated) return [];
      const { queueDepth, intervalNs } = cell.scenario;
      return [
        {
          queueDepth,
          intervalNs,
          iops,
          latencyNsP99,
          cpuNsSubmitter: estimate(cell, "cpuNsSubmitter"),
          cpuNsIoWq: estimate(cell, "cpuNsIoWq"),
          cpuNsKernelWorkers: estimate(cell, "cpuNsKernelWorkers"),
          cpuNs: estimate(cell, cpu),
          cpuNsRest: estimate(cell, "cpuNsRest"),
        },
      ];
    })
    .sort((a, b) => loadOf(a) - loadOf(b));
}

/**
 * The points that say what a load at fixed times waits. Where paced points bracket the target, one within it and one
 * beyond, only they count: the p99 of a closed loop leaves out the wait of writes that come while the queue is full.
 */
function decisive(points: readonly OperatingPoint[], targetNs: number): readonly OperatingPoint[] {
  const paced = points.filter((point) => point.intervalNs > 0);
  const within = paced.some((point) => point.latencyNsP99.point <= targetNs);
  const beyond = paced.some((point) => point.latencyNsP99.point > targetNs);
  return within && beyond ? paced : points;
}

/** Writes per second that were asked for; a paced stream that is too fast for the device carries fewer. */
function loadOf({ intervalNs, iops }: OperatingPoint): number {
  return intervalNs > 0 ? 1e9 / intervalNs : iops.point;
}

/**
 * What a preparation carries on one subject. Only measured points count, without interpolation or extrapolation.
 * A load below the lowest measured one is given that one's CPU per write.
 *
 * @param measured as `operatingPoints` returns them, at least one.
 */
export function capacityOf(
  subject: Subject,
  preparation: Preparation,
  measured: readonly OperatingPoint[],
  demand: Demand,
): Capacity {
  const points = decisive(measured, demand.latencyNsP99);
  const holds = (point: OperatingPoint) => point.latencyNsP99.point <= demand.latencyNsP99;
  const within = points.filter(holds);
  // A load above a paced one that misses the target may hold it by luck, so it does not count.
  const missed = points.filter((point) => point.intervalNs > 0 && !holds(point)).map(loadOf);
  const ceiling = Math.min(...missed);
  const best = within.filter((point) => loadOf(point) < ceiling).at(-1) ?? null;
  if (!best) {
    const remarks = [hopeless(points, demand)];
    return { subject, preparation, best, devices: null, cores: null, remarks };
  }
  const devices = Math.ceil(demand.iops / best.iops.point);
  const each = demand.iops / devices;
  const operating = within.find((point) => point.iops.point >= each) ?? best;
  return {
    subject,
    preparation,
    best,
    devices,
    cores: coresAt(operating, demand.iops),
    remarks: remarksOn(points, within, best, each, demand),
  };
}

function coresAt(point: OperatingPoint, iops: number): Cores {
  const cores = (nsPerWrite: number): number => (nsPerWrite * iops) / 1e9;
  const of = (estimated: Estimate | null): number | null =>
    estimated && cores(Math.max(0, estimated.point));
  const { cpuNs } = point;
  return {
    submitter: of(point.cpuNsSubmitter),
    ioWq: of(point.cpuNsIoWq),
    kernelWorkers: of(point.cpuNsKernelWorkers),
    rest: of(point.cpuNsRest),
    total: cpuNs && {
      point: cores(cpuNs.point),
      lower: cores(cpuNs.lower),
      upper: cores(cpuNs.upper),
    },
  };
}

function hopeless(points: readonly OperatingPoint[], demand: Demand): string {
  const paced = points.some((point) => point.intervalNs > 0);
  return paced
    ? "no measured load holds the target"
    : `no measured depth holds the target; paced writes may: ${searchCommand(demand)}`;
}

function searchCommand({ latencyNsP99 }: Demand): string {
  const target = latencyNsP99 % 1e6 === 0 ? `${latencyNsP99 / 1e6}ms` : `${latencyNsP99 / 1e3}us`;
  return `bench --find-capacity --p99 ${target}`;
}

function remarksOn(
  points: readonly OperatingPoint[],
  within: readonly OperatingPoint[],
  best: OperatingPoint,
  each: number,
  demand: Demand,
): string[] {
  const remarks =
    best.intervalNs > 0
      ? pacedRemarks(points, best, demand)
      : closedLoopRemarks(points, best, demand);
  if (best.latencyNsP99.upper > demand.latencyNsP99) {
    remarks.push("the interval of its p99 reaches beyond the target");
  }
  const lowest = within[0] as OperatingPoint;
  if (each < 0.5 * lowest.iops.point) {
    const interval = `${Math.max(1, Math.round(1e6 / each))}us`;
    remarks.push(
      `the load is far below the lowest measured, whose CPU per write is used: bench --interval ${interval}`,
    );
  }
  return remarks;
}

/** What a closed loop leaves open. */
function closedLoopRemarks(
  points: readonly OperatingPoint[],
  best: OperatingPoint,
  demand: Demand,
): string[] {
  const remarks: string[] = [];
  const depths = points
    .filter(({ intervalNs }) => intervalNs === 0)
    .map((point) => point.queueDepth);
  const deepest = Math.max(...depths);
  const next = Math.min(...depths.filter((depth) => depth > best.queueDepth));
  if (best.queueDepth === deepest) {
    remarks.push(
      `the deepest measured depth holds the target, so it may carry more: bench --queue-depths ${2 * deepest},${4 * deepest}`,
    );
  } else if (next > best.queueDepth + 1) {
    remarks.push(
      `between depth ${best.queueDepth} and ${next} nothing was measured: bench --queue-depths ${Math.round(Math.sqrt(best.queueDepth * next))}`,
    );
  }
  remarks.push(
    `the p99 was measured in a closed loop, in which a late write delays the next ones. How long writes that come at fixed times would wait is not known (coordinated omission), so the load may be too high. To find out: ${searchCommand(demand)}`,
  );
  return remarks;
}

/** How wide the gap is above the best paced load. */
function pacedRemarks(
  points: readonly OperatingPoint[],
  best: OperatingPoint,
  demand: Demand,
): string[] {
  const load = loadOf(best);
  const next = points
    .filter(({ intervalNs }) => intervalNs > 0)
    .map(loadOf)
    .find((other) => other > load);
  const ceiling = next ?? Number.POSITIVE_INFINITY;
  if (ceiling <= load * WIDE_GAP) return [];
  const beyond =
    next !== undefined ? `between ${formatRate(load)} and ${formatRate(ceiling)}` : "above it";
  return [`no paced load ${beyond} writes/s was measured: ${searchCommand(demand)}`];
}
