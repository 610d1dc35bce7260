import type { Attempt } from "../attempts.js";
import type { Verdict } from "../causes.js";
import { btrfsVerdict } from "./btrfs.js";
import type { Context } from "./context.js";
import { ext4Verdict } from "./ext4.js";
import { xfsVerdict } from "./xfs.js";

/** Why this write punted. Call it for punted writes only. */
export function verdictOf(attempt: Attempt, context: Context): Verdict {
  const { punt, inline } = attempt;
  if (punt?.drained) {
    return {
      cause: "linked-or-drained",
      evidence: "REQ_F_IO_DRAIN is set in the punted request: it waited for all before it",
    };
  }
  if (punt?.forced && context.asked) {
    return { cause: "forced", evidence: "REQ_F_FORCE_ASYNC is set in the punted request" };
  }
  if (punt?.forced) {
    return {
      cause: "linked-or-drained",
      evidence: "REQ_F_FORCE_ASYNC is set and was not asked for: a request before it is drained",
    };
  }
  if (punt?.stack?.some((name) => name.includes("task_work"))) {
    return {
      cause: "linked-or-drained",
      evidence: "it was queued from task work, after another request",
    };
  }
  const probed = context.events.some((name) => name === `write_${context.filesystem}`);
  if (probed && inline.entry === null) {
    if (!context.filesystemWasAsked) {
      return {
        cause: "no-nowait",
        evidence: `io_uring called the write function of ${context.filesystem} for no write of this file`,
      };
    }
    return {
      cause: "unknown",
      evidence: "io_uring was not seen to call the filesystem: it may have been frozen",
    };
  }
  switch (context.filesystem) {
    case "ext4":
      return ext4Verdict(attempt, context);
    case "xfs":
      return xfsVerdict(attempt);
    case "btrfs":
      return btrfsVerdict(attempt, context);
    default:
      return { cause: "unknown", evidence: `what ${context.filesystem} does is not known here` };
  }
}
