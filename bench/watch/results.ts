import { relative } from "node:path";
import type { Observation as ObservationLine, ObservedFile } from "../../results/observation.js";
import type { Header } from "../../results/schema.js";
import { machine } from "../environment/machine.js";
import { NO_TRIALS, provenance } from "../run/provenance.js";
import { ResultsWriter } from "../run/results-writer.js";
import type { Observation } from "./observation.js";
import { lossLines } from "./print-losses.js";
import type { Report } from "./report.js";

/** The results file of a watch: its header at once, and what each program did when the watch ends. */
export class WatchResults {
  readonly #writer: ResultsWriter;

  /** Throws a UsageError where `out` cannot be written to. */
  constructor(out: string) {
    const header = headerOf();
    this.#writer = new ResultsWriter(out, header.kernelLabel, header.runId);
    this.#writer.append(header);
  }

  /** Where it is, for a reader who stands in the current directory. */
  get path(): string {
    return relative(process.cwd(), this.#writer.path) || this.#writer.path;
  }

  add(report: Report): void {
    for (const line of linesOf(report)) this.#writer.append(line);
    this.#writer.append({
      type: "footer",
      finishedAt: new Date().toISOString(),
      outcome: "complete",
      reason: null,
      trials: 0,
      warnings: lossLines(report),
    });
  }

  close(): void {
    this.#writer.close();
  }
}

function headerOf(): Header {
  // Its punts are counted by the BPF programs; without them there is no watch.
  const host = machine({ available: true, reason: null });
  return {
    ...provenance(host.kernelRelease),
    ...NO_TRIALS,
    environment: { ...host, filesystem: null, device: null, directIoAlignment: null },
    warnings: [],
  };
}

/** One for each process. */
export function linesOf({
  observations,
  workers,
  stalls,
  seconds,
  sampled,
}: Report): ObservationLine[] {
  const processes = new Map<number, Observation[]>();
  for (const row of observations) {
    processes.set(row.process, [...(processes.get(row.process) ?? []), row]);
  }
  return [...processes].map(([process, files]): ObservationLine => {
    const blocked = stalls?.find((of) => of.process === process);
    const { count = 0, blockedNs = 0, maxNs = 0, long = 0, durations = [] } = blocked ?? {};
    return {
      type: "observation",
      process,
      program: files[0]?.processName ?? "",
      wallNs: Math.round(seconds * 1e9),
      sampled,
      files: files.map(fileOf),
      workerCpuNs: workers.processes.find((of) => of.process === process)?.cpuNs ?? 0,
      stalls: stalls === null ? null : { count, blockedNs, maxNs, long, durations },
    };
  });
}

/** Without what is the same for the whole process, or follows from the rest. */
export function fileOf(row: Observation): ObservedFile {
  return {
    file: row.file,
    operation: row.operation,
    rings: row.rings,
    requests: row.requests,
    failed: row.failed,
    bytesPerRequest: row.bytesPerRequest,
    punts: row.punts,
    forced: row.forced,
    drained: row.drained,
    chained: row.chained,
    causes: row.causes,
    inlineLatencies: row.inlineLatencies,
    puntedLatencies: row.puntedLatencies,
    workerCpuNs: row.workerCpuNs,
  };
}
