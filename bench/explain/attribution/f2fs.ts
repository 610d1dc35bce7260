import { type Attribution, type AttributionContext, attributed, undecided } from "./attribution.js";
import {
  cachedPageFound,
  has,
  isAligned,
  lockByElimination,
  lockRefusal,
  returned,
  seenSizeBytes,
  seesLocks,
  stepsNamed,
  stoppedAtPageCache,
} from "./evidence.js";
import { EAGAIN, type TracedWrite } from "./traced-write.js";

/** f2fs_buffered_write_iter refuses not to wait with this, and io_uring then punts as for -EAGAIN. */
const EOPNOTSUPP = -95;
// Block addresses of fs/f2fs/f2fs.h, as the worker found them before it allocated a block.
const NULL_ADDR = 0;
const NEW_ADDR = -1;

/**
 * f2fs_file_write_iter -> lock -> f2fs_should_use_dio -> f2fs_dio_write_iter -> f2fs_overwrite_io -> i_gc_rwsem ->
 * __iomap_dio_rw. f2fs_overwrite_io does not say which block it lacks: that is seen from what the worker allocated.
 */
export function attributeF2fs(write: TracedWrite, context: AttributionContext): Attribution {
  const { inline } = write;
  if (inline.result === EOPNOTSUPP) return refusedAsBuffered(write, context);
  const cached = cachedPageFound(inline) ?? stoppedAtPageCache(inline);
  if (cached !== null) return cached;
  if (returned(inline, "f2fs_overwrite_ret", 1)) return afterOverwrite(write);
  if (returned(inline, "f2fs_overwrite_ret", 0)) return noOverwrite(write);
  if (has(inline, "f2fs_direct_IO_enter")) return beforeOverwrite(write, context);
  return lockRefusal(write) ?? beforeDirectIo(write, context);
}

/** A write to a file that f2fs does no direct I/O on, or of part of a block. */
function refusedAsBuffered(write: TracedWrite, context: AttributionContext): Attribution {
  const evidence = "f2fs_file_write_iter returned -95 (EOPNOTSUPP), as its buffered write does";
  return isAligned(write, context)
    ? attributed("no-direct-io", evidence)
    : attributed("unaligned", `${evidence}, and the write is no multiple of a block`);
}

function noOverwrite(write: TracedWrite): Attribution {
  const refused = "f2fs_overwrite_io returned 0";
  return bySize(write, refused) ?? byAllocation(write, refused);
}

function bySize(write: TracedWrite, refused: string): Attribution | null {
  const end = write.offsetBytes + write.lengthBytes;
  const size = seenSizeBytes(write);
  if (size === null || end <= size.bytes) return null;
  const evidence = `${refused}: the write ends at ${end}, i_size is ${size.bytes} ${size.when}`;
  return attributed("extends-size", evidence);
}

/** The worker gives the first block that is missing an address. */
function byAllocation({ retry }: TracedWrite, refused: string): Attribution {
  const [block] = retry === null ? [] : stepsNamed(retry, "f2fs_allocate");
  if (block?.value === NULL_ADDR) {
    const evidence = `${refused}, and the worker allocated a block where none was (f2fs_allocate_data_block)`;
    return attributed("hole", evidence);
  }
  if (block?.value === NEW_ADDR) {
    const evidence = `${refused}, and the worker allocated a block that was only reserved (NEW_ADDR)`;
    return attributed("unwritten", evidence);
  }
  return undecided(`${refused}, and the worker was not seen to allocate a block`);
}

/** The lock that keeps garbage collection from moving blocks is the last thing before direct I/O. */
function afterOverwrite({ inline }: TracedWrite): Attribution {
  const last = inline.steps.at(-1);
  return last?.name === "read_trylock_ret" && last.value === 0
    ? attributed("lock-contended", "down_read_trylock of i_gc_rwsem failed after f2fs_overwrite_io")
    : undecided("f2fs_overwrite_io returned 1, and no later step was seen to refuse");
}

/** Direct I/O was entered; without probes of functions, or where data lies in the inode, no look-up was seen. */
function beforeOverwrite(write: TracedWrite, { events }: AttributionContext): Attribution {
  const bySeenSize = bySize(write, "f2fs_dio_write_iter refused");
  if (bySeenSize !== null) return bySeenSize;
  return events.includes("f2fs_overwrite_ret")
    ? attributed(
        "special-extent",
        "f2fs_dio_write_iter refused before f2fs_overwrite_io: the data lies in the inode",
      )
    : undecided("f2fs_dio_write_iter refused, and this kernel does not show its checks");
}

/** Where locks are not seen: the lock of the inode is all that may refuse before direct I/O. */
function beforeDirectIo(write: TracedWrite, context: AttributionContext): Attribution {
  const { inline } = write;
  const seen = inline.entered && context.events.includes("f2fs_direct_IO_enter");
  if (!seen || seesLocks(context) || inline.result !== EAGAIN) {
    return undecided("no step of f2fs was seen to refuse");
  }
  return lockByElimination(write, "f2fs gave up before direct I/O, which follows the lock");
}
