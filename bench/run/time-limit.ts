import { UserError } from "../../terminal/errors.js";

const GRACE_MS = 10_000;

/**
 * Runs `work` with a signal that aborts when `outer` does, or after `limitMs`. A device that hangs keeps
 * its trial in the kernel, where no signal reaches it: then the wait ends after a grace period all the same. Throws
 * the reason of `outer`, or a UserError that names `what`.
 */
export async function withTimeLimit<T>(
  work: (signal: AbortSignal) => Promise<T>,
  limitMs: number,
  what: string,
  outer: AbortSignal,
  graceMs = GRACE_MS,
): Promise<T> {
  const overdue = new UserError(
    `${what} did not end within ${limitMs / 1000} s`,
    "The device may hang (see dmesg); give slow ones more with --trial-timeout.",
  );
  const limit = new AbortController();
  let stuck: (() => void) | undefined;
  const abandoned = new Promise<never>((_, reject) => {
    stuck = () => reject(overdue);
  });
  const timers = [setTimeout(() => limit.abort(overdue), limitMs)];
  const either = AbortSignal.any([outer, limit.signal]);
  either.addEventListener("abort", () => {
    timers.push(setTimeout(() => stuck?.(), graceMs));
  });
  try {
    return await Promise.race([work(either), abandoned]);
  } catch (error) {
    // What was cancelled says only ECANCELED: the reason is what the reader needs.
    if (outer.aborted) throw outer.reason;
    throw limit.signal.aborted ? overdue : error;
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
}
