import type { ObservedCause } from "../../results/vocabulary.js";
import { rulesOf } from "../rules/predict.js";
import type { Prediction } from "../rules/prediction.js";

/** Remedies that the rules of no filesystem know. */
const REMEDIES: Partial<Record<ObservedCause, string>> = {
  forced: "not setting IOSQE_ASYNC",
  "lock-contended":
    "one writer per file for what needs the exclusive lock: no appends, truncates, fallocates or buffered writes beside the O_DIRECT writes",
  "no-nowait": "a device that can refuse to wait: dm-crypt and others can from Linux 6.4 on",
  "linked-or-drained": "not linking or draining the request",
};

/** What makes such a write go inline; null where no remedy is known. */
export function remedyFor(
  cause: ObservedCause,
  filesystem: string,
  predicted: Prediction | null,
): string | null {
  if (predicted?.cause === cause && predicted.curedBy !== null) return predicted.curedBy;
  const rule = rulesOf(filesystem).find((known) => known.cause === cause && known.punts !== false);
  return REMEDIES[cause] ?? rule?.curedBy ?? null;
}
