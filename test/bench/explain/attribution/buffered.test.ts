import assert from "node:assert/strict";
import { test } from "node:test";
import type { AttributionContext } from "../../../../bench/explain/attribution/attribution.js";
import { attributeBuffered } from "../../../../bench/explain/attribution/buffered.js";
import type { TracedWrite } from "../../../../bench/explain/attribution/traced-write.js";

type Steps = [name: string, value: number][];

const EAGAIN = -11;
/** XFS_IOLOCK_EXCL and XFS_ILOCK_EXCL: the locks of the inode and of its extents. */
const IOLOCK = 1;
const ILOCK = 4;
const LOCKED: Steps = [["xfs_ilock_nowait", IOLOCK]];
const UNLOCKED: Steps = [["xfs_iunlock", IOLOCK]];
const PROBES = ["kiocb_modified_ret", "dirty_pages_ret", "read_trylock_ret", "write_xfs"];

/** What is said of a buffered write of 4 KiB to a file of `sizeBytes` on XFS, whose attempt had these steps. */
function causeOf(steps: Steps, changes: { sizeBytes?: number; minor?: number; fs?: string } = {}) {
  const { sizeBytes = 8192, minor = 12, fs = "xfs" } = changes;
  const probed = steps.some(([name]) => name.endsWith("_ret"));
  const state = { inodeFlags: 1 << 12, sizeBytes, diskSizeBytes: null, cachedPages: 0, lock: 0 };
  const write: TracedWrite = {
    offsetBytes: 4096,
    lengthBytes: 4096,
    state: { ...state, seen: "at-entry" },
    neverInline: null,
    workerInside: false,
    inline: {
      steps: steps.map(([name, value]) => ({ name, value, detail: 0 })),
      entered: probed,
      result: probed ? EAGAIN : null,
      bioRefused: null,
    },
    punt: { forced: false, drained: false, stack: null },
    retry: null,
  };
  const context: AttributionContext = {
    kernel: { major: minor === 19 ? 5 : 6, minor, patch: 0 },
    filesystem: fs,
    filesystemBlockBytes: 4096,
    forced: false,
    setId: false,
    inode: null,
    events: ["xfs_ilock_nowait", "xfs_iunlock", ...(probed ? PROBES : [])],
  };
  return attributeBuffered(write, context).cause;
}

test("the check of XFS that refused a buffered write is named by its return value", () => {
  const modified: Steps = [...LOCKED, ["write_trylock_ret", 1], ["kiocb_modified_ret", EAGAIN]];
  assert.equal(causeOf([...modified, ...UNLOCKED]), "timestamp");
  const checked: Steps = [...LOCKED, ["write_trylock_ret", 1], ["kiocb_modified_ret", 0]];
  assert.equal(causeOf([...checked, ["dirty_pages_ret", EAGAIN], ...UNLOCKED]), "dirty-pages");
  assert.equal(causeOf([...LOCKED, ["write_trylock_ret", 0]]), "lock-contended");
});

test("the lock of the extents, tried and never released, refused a buffered write", () => {
  const mapped: Steps = [...LOCKED, ["kiocb_modified_ret", 0], ["dirty_pages_ret", 0]];
  assert.equal(causeOf([...mapped, ["xfs_ilock_nowait", ILOCK], ...UNLOCKED]), "lock-contended");
  const released: Steps = [
    ["xfs_ilock_nowait", ILOCK],
    ["xfs_iunlock", ILOCK],
  ];
  assert.equal(causeOf([...mapped, ...released, ...UNLOCKED]), "unknown");
});

test("a buffered write behind the size that stopped before its timestamps had to zero what is between", () => {
  const tried: Steps = [["write_trylock_ret", 1], ...LOCKED, ...UNLOCKED];
  assert.equal(causeOf(tried, { sizeBytes: 0 }), "beyond-size");
  assert.equal(causeOf(tried), "unknown");
});

test("tracepoints alone show only that the lock was refused", () => {
  assert.equal(causeOf(LOCKED), "lock-contended");
  assert.equal(causeOf([...LOCKED, ...UNLOCKED]), "unknown");
});

test("where buffered writes are never tried inline, that is the cause", () => {
  assert.equal(causeOf([], { minor: 19 }), "buffered-write");
  assert.equal(causeOf([], { fs: "ext4" }), "buffered-write");
  assert.equal(causeOf([], { fs: "overlay" }), "buffered-write");
});
