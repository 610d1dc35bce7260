import { type Attribution, undecided } from "./attribution.js";
import { cachedPageFound } from "./evidence.js";
import { EIOCBQUEUED, GIVEN_BACK, type TracedWrite } from "./traced-write.js";

/** blkdev_write_iter -> blkdev_direct_write -> page cache -> __blkdev_direct_IO_async, which hands the write to the queue. */
export function attributeBlockDevice({ inline }: TracedWrite): Attribution {
  const cached = cachedPageFound(inline);
  if (cached !== null) return cached;
  if (inline.result === EIOCBQUEUED) {
    return undecided(GIVEN_BACK);
  }
  return undecided("no step before the queue of the device was seen to refuse");
}
