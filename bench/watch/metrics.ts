import { Counter, Gauge, Registry } from "prom-client";
import type { Observation } from "./observation.js";
import type { Report } from "./report.js";

/** Stands for the file of every row that has no series of its own. */
export const OTHER = "other";

const ROW = ["process", "file", "operation"] as const;
type RowLabels = Record<(typeof ROW)[number], string>;

/**
 * What a watch saw, as Prometheus metrics. Only `limit` combinations of process, file and operation get series of their
 * own; those after them are added up with the file "other". A combination keeps its series, or its place in "other",
 * so that no counter ever falls.
 */
export class WatchMetrics {
  readonly registry = new Registry();
  readonly #limit: number;
  readonly #own = new Set<string>();
  readonly #processes = new Set<string>();
  readonly #requests = this.#counter("requests_total", "Completed io_uring requests.", ROW);
  readonly #failed = this.#counter("failed_requests_total", "Requests that failed.", ROW);
  readonly #bytes = this.#counter("transferred_bytes_total", "Bytes read or written.", ROW);
  readonly #punts = this.#counter(
    "punted_requests_total",
    "Requests that an io-wq worker executed, by reason: refused (after a non-blocking attempt), forced (IOSQE_ASYNC), drained (IOSQE_IO_DRAIN), chained (linked behind such a request).",
    [...ROW, "reason"],
  );
  readonly #causes = this.#counter(
    "examined_punts_total",
    "Punts whose cause was looked for, by cause. A sample of all punts.",
    [...ROW, "cause"],
  );
  readonly #latency = this.#gauge(
    "latency_p99_seconds",
    "99th percentile of the latency in the last interval: upper end of a bucket.",
    [...ROW, "path"],
  );
  readonly #workers = this.#gauge("workers", "io-wq workers of the watched processes.", []);
  readonly #workerCpu = this.#counter(
    "worker_cpu_seconds_total",
    "CPU time of io-wq workers; the end of a worker that exits between two intervals is missing.",
    [],
  );
  readonly #blocked = this.#counter(
    "submitter_blocked_total",
    "Times that a submitting thread was blocked inside io_uring_enter for more than 1 ms.",
    ["process"],
  );
  readonly #blockedTime = this.#counter(
    "submitter_blocked_seconds_total",
    "Time that submitting threads were blocked inside io_uring_enter, of any length.",
    ["process"],
  );
  readonly #lost = this.#gauge(
    "lost",
    "What the counts leave out since the watch began, by kind.",
    ["kind"],
  );

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Adds an interval. */
  add({ observations, workers, stalls, lost }: Report): void {
    this.#latency.reset();
    for (const row of observations) this.#addRow(row);
    this.#workers.set(workers.peak);
    this.#workerCpu.inc(workers.cpuNs / 1e9);
    for (const { processName, long, blockedNs } of stalls ?? []) {
      const process = this.#processLabel(processName ?? "unknown");
      this.#blocked.inc({ process }, long);
      this.#blockedTime.inc({ process }, blockedNs / 1e9);
    }
    for (const [kind, count] of Object.entries(lost)) this.#lost.set({ kind }, count);
  }

  #addRow(row: Observation): void {
    const labels = this.#labelsOf(row);
    this.#requests.inc(labels, row.requests);
    this.#failed.inc(labels, row.failed);
    if (row.bytesPerRequest !== null) {
      this.#bytes.inc(labels, Math.round(row.bytesPerRequest * (row.requests - row.failed)));
    }
    this.#punts.inc({ ...labels, reason: "refused" }, row.punts);
    this.#punts.inc({ ...labels, reason: "forced" }, row.forced);
    this.#punts.inc({ ...labels, reason: "drained" }, row.drained);
    this.#punts.inc({ ...labels, reason: "chained" }, row.chained);
    for (const { cause, punts } of row.causes) this.#causes.inc({ ...labels, cause }, punts);
    // A percentile of several files together cannot be had from theirs.
    if (labels.file === OTHER) return;
    const latencies = { inline: row.inlineNsP99, punted: row.puntedNsP99 };
    for (const [path, ns] of Object.entries(latencies)) {
      if (ns !== null) this.#latency.set({ ...labels, path }, ns / 1e9);
    }
  }

  /** As many names as rows have series: the number of processes is not bounded. */
  #processLabel(name: string): string {
    if (this.#processes.size < this.#limit) this.#processes.add(name);
    return this.#processes.has(name) ? name : OTHER;
  }

  /** Rows come dearest first, so the dearest take the places that are free. */
  #labelsOf({ processName, file, operation }: Observation): RowLabels {
    const labels = { process: processName, file, operation };
    const key = JSON.stringify(labels);
    if (!this.#own.has(key) && this.#own.size < this.#limit) this.#own.add(key);
    if (this.#own.has(key)) return labels;
    return { process: OTHER, file: OTHER, operation: OTHER };
  }

  #counter(name: string, help: string, labelNames: readonly string[]): Counter {
    const registers = [this.registry];
    return new Counter({ name: `puntbench_watch_${name}`, help, labelNames, registers });
  }

  #gauge(name: string, help: string, labelNames: readonly string[]): Gauge {
    const registers = [this.registry];
    return new Gauge({ name: `puntbench_watch_${name}`, help, labelNames, registers });
  }
}
