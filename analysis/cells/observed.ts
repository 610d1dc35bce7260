import type { Observation } from "../../results/observation.js";
import type { Run } from "./run.js";
import { type Subject, subjectOf } from "./subject.js";

/** What one watched program did. */
export interface Observed {
  subject: Subject;
  /** null: not of a fleet. */
  host: string | null;
  observation: Observation;
}

/** In the order of the runs. */
export function observedIn(runs: readonly Run[]): Observed[] {
  return runs.flatMap(({ header, host, observations }) =>
    observations.map((observation) => ({ subject: subjectOf(header), host, observation })),
  );
}
