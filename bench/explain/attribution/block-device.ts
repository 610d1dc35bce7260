import { type Attribution, undecided } from "./attribution.js";
import { cachedPageFound, givenBack } from "./evidence.js";
import type { TracedWrite } from "./traced-write.js";

/** blkdev_write_iter -> blkdev_direct_write -> page cache -> __blkdev_direct_IO_async, which hands the write to the queue. */
export function attributeBlockDevice({ inline }: TracedWrite): Attribution {
  return (
    cachedPageFound(inline) ??
    givenBack(inline) ??
    undecided("no step before the queue of the device was seen to refuse")
  );
}
