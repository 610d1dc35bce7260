import { METRIC_NAMES, metricsOf } from "../../results/metrics.js";
import { compareScenarios, scenarioKey } from "../../results/scenario.js";
import type { Scenario, Trial } from "../../results/schema.js";
import { visible } from "../../terminal/quote.js";
import { addLatency, type Cell, emptyCell, ringFlagsName } from "./cell.js";
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
    for (const warning of trial.warnings) cell.warnings.add(visible(warning));
    if (trial.status !== "ok" || !trial.measurement?.writes) {
      cell[trial.status === "skipped" ? "skipped" : "failed"] += 1;
      cell.reasons.add(visible(trial.reason ?? "no reason given"));
      return;
    }
    const runIndex = this.runNumbers.of(run);
    // A run measures each scenario once in each round, and one round after the other.
    if (cell.runOf.at(-1) === runIndex && trial.round <= (cell.roundOf.at(-1) as number)) {
      cell.warnings.add("a trial of a round stands twice in the file; the second is passed over");
      return;
    }
    const measured = metricsOf(trial, trial.measurement);
    if (measured.warning) cell.warnings.add(measured.warning);
    cell.runOf.push(runIndex);
    cell.roundOf.push(trial.round);
    cell.ringFlags.add(ringFlagsName(trial.measurement.ringFlags));
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
        (a, b) => compareSubjects(a.subject, b.subject) || compareScenarios(a.scenario, b.scenario),
      );
  }

  /** The cell of a scenario in a run; made when it is asked for first. */
  cellOf(scenario: Scenario, run: Run): Cell {
    const { subject, cells } = this.#ofRun(run);
    const key = scenarioKey(scenario);
    let cell = cells.get(key);
    if (!cell) {
      cell = emptyCell(subject, scenario, this.runNumbers.boots);
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
