import type { Scenario, Trial } from "../../results/schema.js";
import { ARMS, PREPARATIONS } from "../../results/vocabulary.js";
import { METRIC_NAMES, measure } from "../metrics.js";
import { addLatency, type Cell, emptyCell } from "./cell.js";
import { type Run, RunNumbers } from "./run.js";
import { compareSubjects, type Subject, subjectOf } from "./subject.js";

/** A run with more rounds merges its histograms in this many batches, which limits memory. */
const LATENCY_BATCHES_MAX = 10;

/** Collects trials while files are read. */
export class Cells {
  readonly #bySubject = new Map<string, SubjectCells>();
  readonly #byRun = new Map<Run, SubjectCells>();

  constructor(readonly runNumbers = new RunNumbers()) {}

  add(trial: Trial, run: Run): void {
    const cell = this.cellOf(trial.scenario, run);
    for (const warning of trial.warnings) cell.warnings.add(warning);
    if (trial.status !== "ok" || trial.writes === 0) {
      cell[trial.status === "skipped" ? "skipped" : "failed"] += 1;
      cell.reasons.add(trial.reason ?? "no reason given");
      return;
    }
    const runIndex = this.runNumbers.of(run);
    const measured = measure(trial);
    if (measured.warning) cell.warnings.add(measured.warning);
    cell.runOf.push(runIndex);
    cell.roundOf.push(trial.round);
    for (const metric of METRIC_NAMES) cell.values[metric].push(measured.values[metric]);
    if (measured.latency) {
      addLatency(cell, runIndex, String(trial.round % LATENCY_BATCHES_MAX), measured.latency);
    }
  }

  /** Sorted by subject, then in the order people read scenarios. */
  list(): Cell[] {
    return [...this.#bySubject.values()]
      .flatMap(({ cells }) => [...cells.values()])
      .sort(
        (a, b) =>
          compareSubjects(a.subject, b.subject) ||
          PREPARATIONS.indexOf(a.scenario.preparation) -
            PREPARATIONS.indexOf(b.scenario.preparation) ||
          ARMS.indexOf(a.scenario.arm) - ARMS.indexOf(b.scenario.arm) ||
          a.scenario.queueDepth - b.scenario.queueDepth ||
          a.scenario.intervalNs - b.scenario.intervalNs ||
          a.scenario.blockSizeBytes - b.scenario.blockSizeBytes ||
          a.scenario.fileSizeBytes - b.scenario.fileSizeBytes,
      );
  }

  /** The cell of a scenario in a run; made when it is asked for first. */
  cellOf(scenario: Scenario, run: Run): Cell {
    const { subject, cells } = this.#ofRun(run);
    const key = scenarioKey(scenario);
    let cell = cells.get(key);
    if (!cell) {
      cell = emptyCell(subject, scenario);
      cells.set(key, cell);
    }
    return cell;
  }

  /** Runs of the same subject share their cells. */
  #ofRun(run: Run): SubjectCells {
    const known = this.#byRun.get(run);
    if (known) return known;
    const subject = subjectOf(run.header);
    const found = this.#bySubject.get(subject.id) ?? { subject, cells: new Map() };
    this.#bySubject.set(subject.id, found);
    this.#byRun.set(run, found);
    return found;
  }
}

interface SubjectCells {
  subject: Subject;
  cells: Map<string, Cell>;
}

/** The same text for the same cell of the matrix in every run. */
export function scenarioKey(scenario: Scenario): string {
  const { preparation, arm, queueDepth, blockSizeBytes, fileSizeBytes, order } = scenario;
  const buffers = scenario.registeredBuffers ? "registered" : "plain";
  return `${preparation} ${arm} ${queueDepth} ${blockSizeBytes} ${fileSizeBytes} ${order} ${scenario.intervalNs} ${buffers}`;
}

/** "dd-prefill", and for a control arm "dd-prefill (forced)". */
export function seriesName(scenario: Pick<Scenario, "preparation" | "arm">): string {
  return scenario.arm === "inline"
    ? scenario.preparation
    : `${scenario.preparation} (${scenario.arm})`;
}
