import { openWatch, type Watch } from "../../native/watch.js";
import { Interrupt } from "../../terminal/interrupt.js";
import { type CauseFinder, openCauseFinder } from "./causes.js";
import { openMetrics, type PublishedMetrics } from "./metrics-server.js";
import { parseWatchOptions, type RawWatchOptions, type WatchCommandOptions } from "./options.js";
import { WatchResults } from "./results.js";
import { type Output, openOutput } from "./show.js";
import { type Programs, Watched } from "./watched.js";

export type { RawWatchOptions };

/** `puntbench watch`: a report for each interval, then one for the whole time. */
export async function main(raw: RawWatchOptions): Promise<void> {
  const options = parseWatchOptions(raw);
  const interrupt = new Interrupt("The watch has ended; nothing is left in the kernel.");
  const { selection, sampleShift } = options;
  const everything = selection.kind === "all";
  const name = selection.kind === "name" ? selection.name : "";
  const metrics = options.metrics === null ? null : await openMetrics(options.metrics, options.top);
  let watch: Watch | null = null;
  let causes: CauseFinder | null = null;
  let output: Output | null = null;
  let results: WatchResults | null = null;
  try {
    watch = openWatch({ everything, name, sampleShift });
    causes = openCauseFinder({ everything, name });
    if (options.out !== null) results = new WatchResults(options.out);
    output = openOutput(options);
    await report({ watch, causes }, options, {
      output,
      results,
      metrics,
      signal: interrupt.signal,
    });
    if (results !== null) process.stderr.write(`Results: ${results.path}\n`);
  } finally {
    output?.close();
    results?.close();
    causes?.close();
    watch?.close();
    metrics?.close();
    interrupt.dispose();
  }
}

/** Where reports go, and what ends them. */
interface Readers {
  output: Output;
  results: WatchResults | null;
  metrics: PublishedMetrics | null;
  signal: AbortSignal;
}

async function report(
  programs: Programs,
  options: WatchCommandOptions,
  { output, results, metrics, signal: interrupted }: Readers,
): Promise<void> {
  const signal = output.ended ? AbortSignal.any([interrupted, output.ended]) : interrupted;
  const watched = new Watched(programs, options);
  const startedMs = performance.now();
  const endsAtMs = startedMs + (options.durationMs ?? Number.POSITIVE_INFINITY);
  for (let lastMs = startedMs; !signal.aborted && lastMs < endsAtMs; ) {
    await pause(Math.min(options.intervalMs, endsAtMs - performance.now()), signal);
    const nowMs = performance.now();
    const interval = watched.look((nowMs - lastMs) / 1000);
    output.interval(interval);
    metrics?.add(interval);
    lastMs = nowMs;
  }
  const total = watched.total((performance.now() - startedMs) / 1000);
  output.total(total);
  results?.add(total);
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
