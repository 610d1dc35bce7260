import type { NowaitAnswers, Oracle } from "../../native/index.js";
import type { Cause, Prediction, Punts } from "../rules/prediction.js";
import type { Verdict } from "./verdict.js";

/** A rule's cause, or why there is none. */
export type ProbeCause =
  | Cause
  /** The filesystem lacks this preparation. */
  | "unsupported-preparation"
  /** The oracles answered now this, now that, or failed. */
  | "unsettled"
  /** io_uring says otherwise than the rules of this mainline version. */
  | "unexplained";

export interface Explanation {
  cause: ProbeCause;
  why: string;
  kernelFunction: string | null;
  curedBy: string | null;
}

const MEANING: Record<Verdict, Punts> = {
  punts: true,
  inline: false,
  tick: "tick",
  unknown: null,
};

const WORDS = new Map<Punts, string>([
  [true, "a punt"],
  [false, "no punt"],
  ["tick", "a punt once per clock tick"],
]);

/** Gives a measured verdict the cause that the rules know, only where they agree with it. */
export function explain(
  verdict: Verdict,
  answers: Record<Oracle, NowaitAnswers>,
  expected: Prediction,
): Explanation {
  const nothing = { kernelFunction: null, curedBy: null };
  if (verdict === "unknown") {
    const said = Object.entries(answers)
      .filter(([, { unavailable }]) => unavailable === null)
      .map(([oracle, { fresh, later }]) => `${oracle}: ${[...fresh, ...later].join(" ")}`);
    return { ...nothing, cause: "unsettled", why: `no clear answer: ${said.join("; ")}` };
  }
  if (expected.punts === MEANING[verdict]) {
    const { cause, why, kernelFunction, curedBy } = expected;
    return { cause, why, kernelFunction, curedBy };
  }
  if (Object.values(answers).some(({ later }) => later.includes("EOPNOTSUPP"))) {
    const why =
      "the filesystem or its device cannot write this file without waiting (FMODE_NOWAIT)";
    return { ...nothing, cause: "no-nowait", why };
  }
  if (expected.punts === null) {
    return { ...nothing, cause: "not-established", why: expected.why };
  }
  return {
    ...nothing,
    cause: "unexplained",
    why: `the rules of this mainline version expect ${WORDS.get(expected.punts)} (${expected.cause}); this kernel has a backport, or a lock was held`,
  };
}
