import { BLOCK_DEVICES } from "../../../results/vocabulary.js";
import { type Attribution, type AttributionContext, attributed, undecided } from "./attribution.js";
import { attributeBlockDevice } from "./block-device.js";
import { attributeBtrfs } from "./btrfs.js";
import { withoutNowait } from "./evidence.js";
import { attributeExt4 } from "./ext4.js";
import { attributeF2fs } from "./f2fs.js";
import type { TracedWrite } from "./traced-write.js";
import { attributeXfs } from "./xfs.js";

/** Why this write punted. Call it for punted writes only. */
export function attribute(write: TracedWrite, context: AttributionContext): Attribution {
  const { filesystem } = context;
  const refusedEarlier = attributeBeforeFilesystem(write, context);
  if (refusedEarlier !== null) return refusedEarlier;
  if (filesystem === "ext4") return attributeExt4(write, context);
  if (filesystem === "xfs") return attributeXfs(write, context);
  if (filesystem === "btrfs") return attributeBtrfs(write, context);
  if (filesystem === BLOCK_DEVICES) return attributeBlockDevice(write);
  if (filesystem === "f2fs") return attributeF2fs(write, context);
  return undecided(`what ${filesystem} does is not known here`);
}

/** null: the filesystem was asked, or may have been. */
function attributeBeforeFilesystem(
  write: TracedWrite,
  { forced, filesystem, events }: AttributionContext,
): Attribution | null {
  const { punt, inline } = write;
  if (punt?.drained) {
    return attributed(
      "linked-or-drained",
      "REQ_F_IO_DRAIN is set in the punted request: it waited for all before it",
    );
  }
  if (punt?.forced && forced) {
    return attributed("forced", "REQ_F_FORCE_ASYNC is set in the punted request");
  }
  if (punt?.forced) {
    return attributed(
      "linked-or-drained",
      "REQ_F_FORCE_ASYNC is set and was not asked for: a request before it is drained",
    );
  }
  if (punt?.stack?.some((name) => name.includes("task_work"))) {
    return attributed("linked-or-drained", "it was queued from task work, after another request");
  }
  const closed = withoutNowait(write);
  if (closed !== null) return closed;
  if (inline.entered || !events.includes(`write_${filesystem}`)) return null;
  return undecided("io_uring was not seen to call the filesystem: it may have been frozen");
}
