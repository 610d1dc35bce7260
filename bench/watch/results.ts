import { relative } from "node:path";
import type { Observation as ObservationLine, ObservedFile } from "../../results/observation.js";
import type { Header } from "../../results/schema.js";
import { machine } from "../environment/machine.js";
import { NO_TRIALS, provenance } from "../run/provenance.js";
import { ResultsWriter } from "../run/results-writer.js";
import type { Observation } from "./observation.js";
import { lossLines } from "./print-losses.js";
import { type Report, stalledWithoutRequests } from "./report.js";

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

/** One for each process that completed a request, or whose submitting threads were blocked. */
export function linesOf(report: Report): ObservationLine[] {
  const processes = new Map<number, { program: string; files: ObservedFile[] }>();
  for (const row of report.observations) {
    const seen = processes.get(row.process) ?? { program: row.processName, files: [] };
    processes.set(row.process, seen);
    seen.files.push(fileOf(row));
  }
  for (const { process, processName } of stalledWithoutRequests(report)) {
    processes.set(process, { program: processName ?? "", files: [] });
  }
  const { workers, stalls, seconds, sampled } = report;
  return [...processes].map(([process, { program, files }]): ObservationLine => {
    const blocked = stalls?.find((of) => of.process === process);
    const { count = 0, blockedNs = 0, maxNs = 0, long = 0, durations = [] } = blocked ?? {};
    return {
      type: "observation",
      process,
      program,
      wallNs: Math.round(seconds * 1e9),
      sampled,
      files,
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
