import { openWatch, type Watch, type WatchRow } from "../../native/watch.js";
import { Interrupt } from "../../terminal/interrupt.js";
import { type CauseCounts, type CauseFinder, openCauseFinder } from "./causes.js";
import { openMetrics, type PublishedMetrics } from "./metrics-server.js";
import { Names } from "./names.js";
import { byWorkers, type Observation, observationsBetween, rowKey } from "./observation.js";
import { parseWatchOptions, type RawWatchOptions, type WatchCommandOptions } from "./options.js";
import { allProcesses, selectedProcesses } from "./processes.js";
import { type Output, openOutput } from "./show.js";
import { Workers } from "./workers.js";

export type { RawWatchOptions };

/** The counts at one moment. */
interface Reading {
  atMs: number;
  rows: Map<string, WatchRow>;
}

/** `puntbench watch`: a report for each interval, then one for the whole time. */
export async function main(raw: RawWatchOptions): Promise<void> {
  const options = parseWatchOptions(raw);
  const interrupt = new Interrupt("The watch has ended; nothing is left in the kernel.");
  const { selection, sampleShift } = options;
  const everything = selection.kind === "all";
  const metrics = options.metrics === null ? null : await openMetrics(options.metrics, options.top);
  let watch: Watch | null = null;
  let causes: CauseFinder | null = null;
  let output: Output | null = null;
  try {
    watch = openWatch({ everything, sampleShift });
    causes = openCauseFinder(everything);
    output = openOutput(options);
    await report({ watch, causes }, options, { output, metrics, signal: interrupt.signal });
  } finally {
    output?.close();
    causes?.close();
    watch?.close();
    metrics?.close();
    interrupt.dispose();
  }
}

/** Where reports go, and what ends them. */
interface Readers {
  output: Output;
  metrics: PublishedMetrics | null;
  signal: AbortSignal;
}

/** What runs in the kernel. */
interface Programs {
  watch: Watch;
  causes: CauseFinder;
}

async function report(
  programs: Programs,
  options: WatchCommandOptions,
  { output, metrics, signal: interrupted }: Readers,
): Promise<void> {
  const { watch, causes } = programs;
  const signal = output.ended ? AbortSignal.any([interrupted, output.ended]) : interrupted;
  const names = new Names();
  const workers = new Workers();
  const watched = new Set<number>();
  follow(programs, options, watched, names);
  // Of every process: with --all a process is watched from its first request on, and its workers may be older.
  workers.start(allProcesses());
  const first = read(watch);
  const endsAtMs = first.atMs + (options.durationMs ?? Number.POSITIVE_INFINITY);
  let last = first;
  while (!signal.aborted && performance.now() < endsAtMs) {
    await pause(Math.min(options.intervalMs, endsAtMs - performance.now()), signal);
    follow(programs, options, watched, names);
    const next = read(watch);
    const use = workers.look(watched);
    const seen = between(last, next, names, causes.look());
    const interval = { ...seen, workers: use, lost: watch.lost() };
    output.interval(interval);
    metrics?.add(interval);
    causes.pauseOrResume(puntsOf(seen.observations));
    last = next;
  }
  const seen = between(first, last, names, causes.total);
  output.total({ ...seen, workers: workers.total(), lost: watch.lost() });
}

/** Adds processes that were started and removes those that ended; looks at the files that each has open. */
function follow(
  { watch, causes }: Programs,
  { selection }: WatchCommandOptions,
  watched: Set<number>,
  names: Names,
): void {
  const now =
    selection.kind === "all"
      ? new Set(watch.rows().map((row) => row.process))
      : selectedProcesses(selection);
  for (const id of now) {
    if (!watched.has(id) && selection.kind !== "all") {
      watch.add(id);
      causes.add(id);
    }
    watched.add(id);
    names.look(id);
  }
  for (const id of watched) {
    if (now.has(id)) continue;
    watched.delete(id);
    if (selection.kind === "all") continue;
    watch.remove(id);
    causes.remove(id);
  }
}

function read(watch: Watch): Reading {
  const rows = new Map(watch.rows().map((row) => [rowKey(row), row]));
  return { atMs: performance.now(), rows };
}

function between(before: Reading, after: Reading, names: Names, causes: CauseCounts) {
  const seconds = (after.atMs - before.atMs) / 1000;
  const observations = observationsBetween(before.rows, after.rows, seconds, names, causes);
  return { seconds, observations };
}

function puntsOf(observations: readonly Observation[]): number {
  return observations.reduce((sum, row) => sum + byWorkers(row), 0);
}

/** Waits, or returns at once when the signal comes. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
  });
}
