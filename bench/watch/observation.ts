import type { WatchRow } from "../../native/watch.js";
import { quantileNs } from "../../results/durations.js";
import type { Durations } from "../../results/observation.js";
import type { CauseCounts, CauseShare } from "./causes.js";
import type { Names } from "./names.js";
import { operationName } from "./operations.js";
import { addTo, beginSum } from "./totals.js";
import type { WorkerUse } from "./workers.js";

/** What one process did to one file with one operation in one interval, over all of its rings. */
export interface Observation {
  process: number;
  processName: string;
  rings: number;
  file: string;
  operation: string;
  requests: number;
  requestsPerSecond: number;
  /** Mean bytes of a request that succeeded; null for operations that move none. */
  bytesPerRequest: number | null;
  failed: number;
  /** Handed to io-wq after a refused attempt. */
  punts: number;
  /** Handed to io-wq without an attempt, as the program asked (IOSQE_ASYNC). */
  forced: number;
  /** Handed to io-wq without an attempt, because a request with IOSQE_IO_DRAIN was in the ring. */
  drained: number;
  /** Executed by a worker that had the request linked before them. */
  chained: number;
  /** Of the punts that were looked at, most frequent first; empty where none was. */
  causes: CauseShare[];
  /** 99 % of the latencies are at most this: the upper end of a bucket. null: none was measured. */
  inlineNsP99: number | null;
  puntedNsP99: number | null;
  inlineLatencies: Durations;
  puntedLatencies: Durations;
  /**
   * CPU time of io-wq workers for it; null: they served several files or operations of the process, or were not
   * seen to use any, because they had ended before they were looked at.
   */
  workerCpuNs: number | null;
}

type NamesOf = Pick<Names, "ofProcess" | "ofFile">;

/** What was added, by process, file and operation, dearest first: by punts, then by requests. */
export function observationsOf(
  rows: Iterable<WatchRow>,
  seconds: number,
  names: NamesOf,
  { causes, workers }: { causes: CauseCounts | null; workers: WorkerUse },
): Observation[] {
  const groups = new Map<string, WatchRow[]>();
  for (const row of rows) {
    const group = groups.get(row.placeKey);
    if (group === undefined) groups.set(row.placeKey, [row]);
    else group.push(row);
  }
  const observations = [...groups.values()]
    .map((group) => observe(group, seconds, names, causes))
    .sort((a, b) => byWorkers(b) - byWorkers(a) || b.requests - a.requests);
  tellWorkerCpu(observations, workers);
  return observations;
}

/** Requests that a worker executed, for whatever reason. */
export function byWorkers({ punts, forced, drained, chained }: Observation): number {
  return punts + forced + drained + chained;
}

/** Workers serve all files of their process. So their CPU time belongs to a row where it is the only one that used them. */
function tellWorkerCpu(observations: readonly Observation[], { processes }: WorkerUse): void {
  const usedBy = new Map(processes.map(({ process, cpuNs }) => [process, cpuNs]));
  const rows = new Map<number, number>();
  for (const row of observations) {
    if (byWorkers(row) > 0) rows.set(row.process, (rows.get(row.process) ?? 0) + 1);
  }
  for (const row of observations) {
    if (byWorkers(row) === 0) row.workerCpuNs = 0;
    else if (rows.get(row.process) === 1) row.workerCpuNs = usedBy.get(row.process) ?? null;
  }
}

function observe(
  rows: readonly WatchRow[],
  seconds: number,
  names: NamesOf,
  causes: CauseCounts | null,
): Observation {
  const [first] = rows as [WatchRow];
  const all = rows.length === 1 ? first : sumOf(rows);
  const { requests, bytes, failed } = all;
  const succeeded = requests - failed;
  return {
    process: first.process,
    processName: names.ofProcess(first.process) ?? first.processName,
    rings: rows.length,
    file: names.ofFile(first),
    operation: operationName(first.opcode),
    requests,
    requestsPerSecond: requests / seconds,
    bytesPerRequest: bytes > 0 && succeeded > 0 ? bytes / succeeded : null,
    failed,
    punts: all.punts,
    forced: all.forced,
    drained: all.drained,
    chained: all.chained,
    causes: causes?.of(first.placeKey) ?? [],
    inlineNsP99: quantileNs(all.inlineLatencies, 0.99),
    puntedNsP99: quantileNs(all.puntedLatencies, 0.99),
    inlineLatencies: all.inlineLatencies,
    puntedLatencies: all.puntedLatencies,
    workerCpuNs: null,
  };
}

/** Of several rings. */
function sumOf([first, ...others]: readonly WatchRow[]): WatchRow {
  const sum = beginSum(first as WatchRow);
  for (const row of others) addTo(sum, row);
  return sum;
}
