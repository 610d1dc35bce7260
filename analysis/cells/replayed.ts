import type { ReplayLine } from "../../results/replay.js";
import { bootOf, type Run } from "./run.js";
import { compareSubjects, type Subject, subjectOf } from "./subject.js";

/** One replay of a recording. */
export interface Replayed {
  subject: Subject;
  kernelRelease: string;
  /** Replays of the same boot have the same. */
  boot: string;
  replay: ReplayLine;
}

/** In the order of the subjects. */
export function replayedIn(runs: readonly Run[]): Replayed[] {
  return runs
    .flatMap(({ header, replays }) =>
      replays.map((replay) => ({
        subject: subjectOf(header),
        kernelRelease: header.environment.kernelRelease,
        boot: bootOf(header) ?? header.runId,
        replay,
      })),
    )
    .sort((a, b) => compareSubjects(a.subject, b.subject));
}
