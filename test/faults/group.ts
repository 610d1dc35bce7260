import type { Ending } from "./ending.js";
import type { Place } from "./place.js";

/** One fault. The seven checks of `checks.ts` follow each case; a case itself only throws where its fault cannot be made. */
export interface FaultCase {
  /** Unique in its group. With the seed it repeats the case. */
  name: string;
  run(place: Place): Promise<CaseEnd>;
}

export interface CaseEnd {
  endings: readonly Ending[];
  /** By SIGKILL or a dead disk a program could not clean up: its scratch may stay until the next run, which must name it. */
  cutOff?: boolean;
  /** Exit codes that this case allows; where they are not given, all that are documented. */
  codes?: readonly number[];
  /** false: the fault never came about, so that the case shows nothing. It is counted apart. */
  reached?: boolean;
}

/** What the guests of a group need beside the usual. */
export interface GuestNeeds {
  kernel: string;
  programs: readonly string[];
  modules: readonly string[];
}

/** Cases of one kind, as data. */
export interface FaultGroup {
  name: string;
  /** What is promised, for the summary. */
  promise: string;
  cases: readonly FaultCase[];
  /** Why no case can run on this machine; null where they can. */
  cannotRun?(): string | null;
  /** Cases under way at a time; 2 where it is not given. */
  atOnce?: number;
  /** After every how many cases of one worker the second run follows; 1 where it is not given. */
  secondRunEvery?: number;
  /** What runs as second run; a small bench where it is not given. It must exit with 0. */
  secondRun?(place: Place): Promise<Ending>;
  /** Endings beside the documented exit codes that this fault may cause. */
  mayAlsoEnd?(ending: Ending): boolean;
  /** Its cases run in guests of the lab, see `guests.ts`. */
  guest?: GuestNeeds;
  /** Left out of the part that is drawn by date. */
  slow?: boolean;
}
