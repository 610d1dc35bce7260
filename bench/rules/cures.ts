import type { ObservedCause } from "../../results/vocabulary.js";
import { rulesOf } from "./predict.js";
import type { Prediction } from "./prediction.js";

/** Cures that the rules of no filesystem know. */
const CURES: Partial<Record<ObservedCause, string>> = {
  forced: "not setting IOSQE_ASYNC",
  "lock-contended":
    "one writer per file for what needs the exclusive lock: no appends, truncates, fallocates or buffered writes beside the O_DIRECT writes",
  "no-nowait":
    "a file and a device that can refuse to wait: not overlayfs or tmpfs, and before Linux 6.4 no dm-crypt, dm-thin or dm-snapshot",
  "buffered-write": "O_DIRECT, with the file prepared for it",
  "blocking-operation":
    "none for the operation itself; issue it seldom, and not in the thread that waits for writes",
  "linked-or-drained": "not linking or draining the request",
};

/**
 * What makes such a write go inline; null where no cure is known.
 * @param cause what was observed. Where it is unknown, the cure is that of the prediction, and says so.
 * @param predicted what the rules expect of the same write.
 */
export function cureFor(
  cause: ObservedCause,
  filesystem: string,
  predicted: Prediction | null,
): string | null {
  if (predicted?.curedBy && predicted.cause === cause) return predicted.curedBy;
  if (cause === "unknown" && predicted?.curedBy) {
    return `if the rules are right (${predicted.why}): ${predicted.curedBy}`;
  }
  // Of the rules for one cause the last is the general one: those before it ask for more, such as a stat() in between.
  const rule = rulesOf(filesystem).findLast(
    (known) => known.cause === cause && known.punts !== false,
  );
  return CURES[cause] ?? rule?.curedBy ?? null;
}
