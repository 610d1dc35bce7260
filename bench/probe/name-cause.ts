import type { NowaitAnswers, Oracle } from "../../native/index.js";
import type { Cause, Prediction, Punts } from "../rules/prediction.js";
import type { ProbeVerdict } from "./verdict.js";

/** A rule's cause, or why there is none. */
export type ProbeCause =
  | Cause
  /** The filesystem lacks this preparation. */
  | "unsupported-preparation"
  /** The oracles failed, or their answers contradict each other. */
  | "unsettled"
  /** io_uring says otherwise than the rules of this mainline version. */
  | "unexplained";

export interface NamedCause {
  cause: ProbeCause;
  why: string;
  kernelFunction: string | null;
  curedBy: string | null;
}

const MEANING: Record<ProbeVerdict, Punts> = {
  punts: true,
  inline: false,
  tick: "tick",
  unknown: null,
};

/** Gives a measured verdict the cause that the rules know, only where they agree with it. */
export function nameCause(
  verdict: ProbeVerdict,
  answers: Record<Oracle, NowaitAnswers>,
  expected: Prediction,
): NamedCause {
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
    why: `the rules of this mainline version expect ${expectedWords(expected.punts)} (${expected.cause}); this kernel has a backport, or a lock was held`,
  };
}

function expectedWords(punts: Punts): string {
  if (punts === "tick") return "a punt once per clock tick";
  return punts ? "a punt" : "no punt";
}
