import type { PuntRecord, RequestRecord } from "../../../native/causes.js";
import { BLOCK_DEVICES } from "../../../results/vocabulary.js";
import { cureFor } from "../../rules/cures.js";
import type { KernelVersion } from "../../rules/kernel-version.js";
import { predict } from "../../rules/predict.js";
import { EASY_WRITE, type WriteQuestion } from "../../rules/question.js";
import { attribute } from "./attribute.js";
import { type Attribution, attributed, undecided } from "./attribution.js";
import { attributeBuffered } from "./buffered.js";
import { cachedPageFound, givenBack, withoutNowait } from "./evidence.js";
import { type TracedWrite, type TracingSurroundings, tracedWrite } from "./traced-write.js";

/** What the attribution of any program's request may use besides its own record. */
export interface RequestContext extends TracingSurroundings {
  /** Names of the steps that can be seen on this kernel. */
  steps: readonly string[];
  /** What btrfs decides by; null: not known. */
  inode: WriteQuestion["inode"] | null;
}

/** IORING_OP_READV, READ_FIXED, READ, READV_FIXED. */
const READS = [1, 4, 22, 60];
/** IORING_OP_WRITEV, WRITE_FIXED, WRITE, WRITEV_FIXED. */
const WRITES = [2, 5, 23, 61];
/**
 * Fsync, sync_file_range, fallocate, statx, fadvise, madvise, splice, tee, renameat, unlinkat, mkdirat, symlinkat,
 * linkat, four for attributes, ftruncate: io_uring does them only in a worker, from 5.10 to 7.3.
 */
const ONLY_IN_WORKERS = [3, 8, 17, 21, 24, 25, 30, 33, 35, 36, 37, 38, 39, 41, 42, 43, 44, 55];
/** s_magic, include/uapi/linux/magic.h. */
const FILESYSTEMS: Record<number, string> = {
  61267: "ext4",
  1481003842: "xfs",
  2435016766: "btrfs",
  2035054128: "overlay",
  4076150800: "f2fs",
};
// include/linux/fs.h, include/uapi/linux/stat.h.
const IOCB_DIRECT = 1 << 17;
const FORCE_ASYNC = 0x10;
const TYPE_BITS = 0o170000;
const REGULAR = 0o100000;
const BLOCK = 0o060000;

/** The name that mount(8) gives a filesystem; null for others than those that rules exist for. */
export function filesystemOf({ magic, mode }: PuntRecord): string | null {
  // The inode of a device lies on the filesystem that holds its name.
  return (mode & TYPE_BITS) === BLOCK ? BLOCK_DEVICES : (FILESYSTEMS[magic] ?? null);
}

/** Why a request of any program punted. Call it for punted requests only. */
export function attributeRequest(record: RequestRecord, context: RequestContext): Attribution {
  const { punt, inline } = record;
  if (punt === null) return undecided("the request did not punt");
  if (ONLY_IN_WORKERS.includes(punt.opcode)) {
    return attributed("blocking-operation", "io_uring does not try this operation inline");
  }
  const forced = (punt.requestFlags & FORCE_ASYNC) !== 0;
  const filesystem = filesystemOf(punt) ?? "this filesystem";
  const write = tracedWrite(record, punt, context);
  if (!forced) {
    const read = READS.includes(punt.opcode) ? attributeRead(write) : null;
    const early = read ?? notExamined(punt, inline !== null);
    if (early !== null) return early;
  }
  const known = {
    kernel: context.kernel,
    filesystem,
    filesystemBlockBytes: punt.blockBytes ?? 4096,
    forced,
    setId: isSetId(punt.mode),
    inode: context.inode,
    events: context.steps,
  };
  return isBuffered(punt) && !forced ? attributeBuffered(write, known) : attribute(write, known);
}

/** null: the trace of a read does not say. */
function attributeRead(read: TracedWrite): Attribution | null {
  return givenBack(read.inline) ?? withoutNowait(read) ?? cachedPageFound(read.inline);
}

/** Requests for which the attribution of O_DIRECT writes would be wrong. */
function notExamined(punt: PuntRecord, attemptSeen: boolean): Attribution | null {
  const { opcode, mode } = punt;
  if (!WRITES.includes(opcode)) return undecided("why such an operation punts is not examined");
  if (![REGULAR, BLOCK].includes(mode & TYPE_BITS)) {
    return undecided("it is no write to a regular file or a block device");
  }
  if (isBuffered(punt)) return null;
  return attemptSeen ? null : undecided("its attempt was not seen");
}

const isBuffered = ({ writeFlags }: PuntRecord) => (writeFlags & IOCB_DIRECT) === 0;

/** As is_sxid of include/linux/fs.h: set-user-ID, or set-group-ID with the right to execute. */
export function isSetId(mode: number): boolean {
  return (mode & 0o4000) !== 0 || (mode & 0o2010) === 0o2010;
}

/** What a write is like that punts for a cause, so that the rules of this kernel give its cure. */
const TYPICAL: Partial<Record<Attribution["cause"], Partial<WriteQuestion>>> = {
  "extends-size": { extending: true },
  "beyond-size": { extending: true, afterGap: true },
  hole: { extent: "hole" },
  unwritten: { extent: "unwritten" },
  "crosses-extents": { crossesExtents: true },
  unaligned: { aligned: false, extent: "unwritten" },
  "page-cache": { cached: true },
  "security-attributes": { setId: true },
  "first-write-of-inode": { firstWriteOfInode: true },
  "extents-not-read": { extentsNotRead: true },
  "shared-extent": { extent: "shared" },
};

/** What makes such a request go inline; null where no cure is known. */
export function cureOf(
  { cause, curedBy }: Attribution,
  filesystem: string | null,
  kernel: KernelVersion,
): string | null {
  if (curedBy !== undefined) return curedBy;
  if (filesystem === null) return cureFor(cause, "", null);
  const typical = { ...EASY_WRITE, filesystem, kernel, ...TYPICAL[cause] };
  return cureFor(cause, filesystem, predict(typical));
}
