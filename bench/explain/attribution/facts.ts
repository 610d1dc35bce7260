import type { Attempt, Pass } from "../attempts.js";
import type { Verdict } from "../causes.js";
import type { TraceEvent } from "../tracing/instance.js";
import type { Context } from "./context.js";

/** What the filesystem found when it looked for the blocks of a write. */
export interface Lookup {
  state: "written" | "unwritten" | "delayed" | "hole" | "unseen";
  /** Blocks from the first one of the write on. */
  blocks: number;
}

// EXTENT_STATUS_* of fs/ext4/extents_status.h, EXT4_MAP_UNWRITTEN of fs/ext4/ext4.h.
const WRITTEN = 1 << 0;
const UNWRITTEN = 1 << 1;
const DELAYED = 1 << 2;
const MAP_UNWRITTEN = 1 << 11;
/** S_NOSEC of include/linux/fs.h: known to have no security attributes to clear. */
const S_NOSEC = 1 << 12;
const DIO_FORCE_WAIT = 1;

export const named = (pass: Pass, ...names: string[]): TraceEvent[] =>
  pass.events.filter(({ name }) => names.includes(name));

export const returns = (pass: Pass, name: string): number[] =>
  named(pass, name).map(({ fields }) => Number(fields.ret));

/** Looks of ext4 at its extents, in their order. */
export function lookups(pass: Pass): Lookup[] {
  const found: Lookup[] = [];
  for (const { name, fields } of pass.events) {
    if (name === "ext4_es_lookup_extent_exit") {
      found.push({
        state: Number(fields.found) === 1 ? stateOf(Number(fields.status)) : "unseen",
        blocks: Number(fields.len),
      });
    }
    // Not in memory: the extent tree itself is read, right after.
    if (name === "ext4_ext_map_blocks_exit" && found.at(-1)?.state === "unseen") {
      found[found.length - 1] = treeLookup(Number(fields.ret), Number(fields.mflags));
    }
  }
  return found;
}

function treeLookup(result: number, mapFlags: number): Lookup {
  if (result === 0) return { state: "hole", blocks: 0 };
  if (result < 0) return { state: "unseen", blocks: 0 };
  return { state: mapFlags & MAP_UNWRITTEN ? "unwritten" : "written", blocks: result };
}

function stateOf(status: number): Lookup["state"] {
  if (status & WRITTEN) return "written";
  if (status & UNWRITTEN) return "unwritten";
  return status & DELAYED ? "delayed" : "hole";
}

/** The size of the file at the attempt, or an upper bound of it, and by whom it was seen. */
export function seenSizeBytes(attempt: Attempt): { bytes: number; when: string } | null {
  const atEntry = attempt.inline.entry?.fields.i_size;
  if (atEntry !== undefined) return { bytes: Number(atEntry), when: "at the inline attempt" };
  if (attempt.sizeAfterBytes === null) return null;
  return { bytes: attempt.sizeAfterBytes, when: "when the trace next tells it" };
}

/** null: could not be seen. */
export function knownWithoutSecurityAttributes(attempt: Attempt): boolean | null {
  const flags = attempt.inline.entry?.fields.i_flags;
  return flags === undefined ? null : (Number(flags) & S_NOSEC) !== 0;
}

/** ext4 makes the worker wait for the device when the write extends the file or must be alone; null: not seen. */
export function workerForcedToWait(attempt: Attempt): boolean | null {
  const [begin] = attempt.worker ? named(attempt.worker, "iomap_dio_rw_begin") : [];
  return begin ? (Number(begin.fields.dio_flags) & DIO_FORCE_WAIT) !== 0 : null;
}

/** To blocks of the filesystem. */
export function isAligned(
  { offsetBytes, lengthBytes }: Attempt,
  { filesystemBlockBytes }: Context,
): boolean {
  return offsetBytes % filesystemBlockBytes === 0 && lengthBytes % filesystemBlockBytes === 0;
}

/** A lock that somebody else held: no other step follows a failed attempt to take it. */
export function lockVerdict({ inline, workersInside }: Attempt): Verdict | null {
  const last = inline.events.at(-1);
  const lock = LOCKS[last?.name ?? ""];
  if (lock === undefined || Number(last?.fields.ret) !== 0) return null;
  const failed = `${lock} failed before any check of the write`;
  if (workersInside === 0) return { cause: "lock-contended", evidence: failed };
  return {
    cause: "lock-contended",
    evidence: `${failed}, while an io-wq worker was inside an earlier write to the file`,
    ...OWN_WORKER,
  };
}

/** Of a lock that the stream's own workers hold. */
export const OWN_WORKER = {
  curedBy: "what cures the earlier writes, whose retries hold the lock",
  ownWorker: true,
} as const;

/** The same where it is not to be seen when a worker lets go of the lock. */
export const PERHAPS_OWN_WORKER = {
  curedBy: `${OWN_WORKER.curedBy}, if it is theirs; else one writer a file`,
  ownWorker: true,
} as const;

const LOCKS: Record<string, string> = {
  read_trylock_ret: "down_read_trylock",
  write_trylock_ret: "down_write_trylock",
};
