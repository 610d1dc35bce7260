import assert from "node:assert/strict";
import { test } from "node:test";
import type { AttributionContext } from "../../../../bench/explain/attribution/attribution.js";
import type { TracedWrite } from "../../../../bench/explain/attribution/traced-write.js";
import { attributeXfs } from "../../../../bench/explain/attribution/xfs.js";

/** A kernel with tracepoints alone. */
const CONTEXT: AttributionContext = {
  kernel: { major: 6, minor: 12, patch: 0 },
  filesystem: "xfs",
  filesystemBlockBytes: 4096,
  forced: false,
  setId: false,
  inode: null,
  events: ["xfs_ilock_nowait", "xfs_iunlock", "xfs_file_direct_write", "iomap_iter"],
};
const NO_SECURITY_ATTRIBUTES = 1 << 12;
/** XFS_IOLOCK_SHARED, and XFS_ILOCK_EXCL, which is not the lock of the inode's data. */
const IOLOCK = 2;
const ILOCK = 4;

function causeOf(...steps: [name: string, value: number][]): string {
  const write: TracedWrite = {
    offsetBytes: 0,
    lengthBytes: 4096,
    state: {
      seen: "at-punt",
      inodeFlags: NO_SECURITY_ATTRIBUTES,
      sizeBytes: 4096,
      diskSizeBytes: null,
      cachedPages: 0,
      lock: 0,
    },
    neverInline: null,
    workerInside: false,
    inline: {
      steps: steps.map(([name, value]) => ({ name, value, detail: 0 })),
      entered: false,
      result: null,
      bioRefused: null,
    },
    punt: { forced: false, drained: false, stack: null },
    retry: null,
  };
  return attributeXfs(write, CONTEXT).cause;
}

test("a lock that XFS tried and never released was refused", () => {
  assert.equal(causeOf(["xfs_ilock_nowait", IOLOCK]), "lock-contended");
  // Refused the exclusive lock after it gave the shared one back.
  const again: [string, number][] = [
    ["xfs_ilock_nowait", IOLOCK],
    ["xfs_iunlock", IOLOCK],
    ["xfs_ilock_nowait", IOLOCK],
  ];
  assert.equal(causeOf(...again), "lock-contended");
});

test("a lock that XFS took and released before direct I/O leaves the timestamp as the cause", () => {
  assert.equal(causeOf(["xfs_ilock_nowait", IOLOCK], ["xfs_iunlock", IOLOCK]), "timestamp");
});

test("without the lock of the inode nothing is named", () => {
  assert.equal(causeOf(), "unknown");
  assert.equal(causeOf(["xfs_ilock_nowait", ILOCK]), "unknown");
});

const BEFORE_MAPPING: [string, number][] = [
  ["xfs_ilock_nowait", IOLOCK],
  ["xfs_file_direct_write", 0],
  ["iomap_iter", 0],
];

test("a mapping that was refused before the lock of the extents was tried needs their list", () => {
  assert.equal(causeOf(...BEFORE_MAPPING, ["xfs_iunlock", IOLOCK]), "extents-not-read");
});

test("a lock of the extents that XFS tried and never released was refused, and one that it released decides nothing", () => {
  const tried: [string, number][] = [...BEFORE_MAPPING, ["xfs_ilock_nowait", ILOCK]];
  assert.equal(causeOf(...tried, ["xfs_iunlock", IOLOCK]), "lock-contended");
  assert.equal(causeOf(...tried, ["xfs_iunlock", ILOCK], ["xfs_iunlock", IOLOCK]), "unknown");
});
