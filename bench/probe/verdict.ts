import type { NowaitAnswers, Oracle } from "../../native/index.js";

/** What a first write would do. "tick": only the first one after each tick of the kernel's clock punts. */
export type ProbeVerdict = "punts" | "inline" | "tick" | "unknown";

/**
 * -EAGAIN: the filesystem would have to wait. -EOPNOTSUPP: it cannot write this file without waiting
 * (no FMODE_NOWAIT, or no direct I/O on ext4). io_uring hands the write to a worker for either.
 */
const REFUSALS: readonly string[] = ["EAGAIN", "EOPNOTSUPP"];

const refused = (answer: string) => REFUSALS.includes(answer);

/**
 * The verdict of one oracle. Refused whenever asked: the state of the file is the cause. Refused only once
 * the clock has ticked: the timestamp is. "unknown" where it was not asked, failed, or contradicts itself.
 */
export function verdictOf({ unavailable, fresh, later }: NowaitAnswers): ProbeVerdict {
  const answers = [...fresh, ...later];
  if (unavailable !== null || answers.length === 0) return "unknown";
  if (!answers.every((answer) => answer === "ok" || refused(answer))) return "unknown";
  if (answers.every((answer) => answer === "ok")) return "inline";
  if (!later.every(refused)) return "unknown";
  return fresh.every(refused) ? "punts" : "tick";
}

/** io_uring's own answer where there is one, since it alone sees what io_uring checks itself. */
export function combinedVerdict(answers: Record<Oracle, NowaitAnswers>): ProbeVerdict {
  const own = verdictOf(answers.ioUring);
  if (own !== "unknown") return own;
  const others = [verdictOf(answers.pwritev2), verdictOf(answers.libaio)];
  const known = [...new Set(others.filter((verdict) => verdict !== "unknown"))];
  return known.length === 1 ? (known[0] as ProbeVerdict) : "unknown";
}

/** One word for an oracle: what it said to a write after a pause, as a paced writer would hear it. */
export function shortAnswer({ unavailable, later }: NowaitAnswers): string | null {
  return unavailable !== null ? null : (later.at(-1) ?? null);
}
