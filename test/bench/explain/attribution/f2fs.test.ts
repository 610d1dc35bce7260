import assert from "node:assert/strict";
import { test } from "node:test";
import { attribute } from "../../../../bench/explain/attribution/attribute.js";
import type { AttributionContext } from "../../../../bench/explain/attribution/attribution.js";
import type { TracedWrite } from "../../../../bench/explain/attribution/traced-write.js";

type Steps = [name: string, value: number][];

const EAGAIN = -11;
const EOPNOTSUPP = -95;
/** The steps of an attempt that reaches f2fs_overwrite_io, in the order of the source (6.12.118). */
const ASKED: Steps = [
  ["write_trylock_ret", 1],
  ["file_modified", 0],
  ["f2fs_direct_IO_enter", 0],
];
const PROBES = ["write_f2fs", "f2fs_direct_IO_enter", "f2fs_overwrite_ret"];

interface Changes {
  steps?: Steps;
  retry?: Steps;
  result?: number;
  sizeBytes?: number;
  lengthBytes?: number;
  events?: string[];
  workerInside?: boolean;
}

const stepsOf = (steps: Steps) => steps.map(([name, value]) => ({ name, value, detail: 0 }));

/** What is said of the second block of a file. */
function said(changes: Changes) {
  const { steps = ASKED, retry, result = EAGAIN, lengthBytes = 4096 } = changes;
  const { sizeBytes = 1 << 20, workerInside = false } = changes;
  const state = { inodeFlags: 0, sizeBytes, diskSizeBytes: null, cachedPages: 0, lock: 0 };
  const write: TracedWrite = {
    offsetBytes: 4096,
    lengthBytes,
    state: { ...state, seen: "at-entry" },
    nowait: true,
    workerInside,
    inline: { steps: stepsOf(steps), entered: true, result },
    punt: { forced: false, drained: false, stack: null },
    retry: retry ? { steps: stepsOf(retry), entered: true, result: 4096 } : null,
  };
  const context: AttributionContext = {
    kernel: { major: 6, minor: 12, patch: 118 },
    filesystem: "f2fs",
    filesystemBlockBytes: 4096,
    forced: false,
    reachedFilesystem: true,
    setId: false,
    noCow: null,
    events: changes.events ?? [...PROBES, "read_trylock_ret"],
  };
  return attribute(write, context);
}

const causeOf = (changes: Changes) => said(changes).cause;
const REFUSED: Steps = [...ASKED, ["f2fs_overwrite_ret", 0]];
const PASSED: Steps = [...ASKED, ["f2fs_overwrite_ret", 1]];

test("what the worker allocated says which block was missing", () => {
  assert.equal(causeOf({ steps: REFUSED, retry: [["f2fs_allocate", 0]] }), "hole");
  assert.equal(causeOf({ steps: REFUSED, retry: [["f2fs_allocate", -1]] }), "unwritten");
  // Only the first one is certain to be of this write: blocks of f2fs' own nodes follow.
  const both: Steps = [
    ["f2fs_allocate", -1],
    ["f2fs_allocate", 0],
  ];
  assert.equal(causeOf({ steps: REFUSED, retry: both }), "unwritten");
  assert.equal(causeOf({ steps: REFUSED, retry: [] }), "unknown");
  assert.equal(causeOf({ steps: REFUSED }), "unknown");
});

test("a write that ends behind the size extends the file, whatever the worker allocated", () => {
  const found = said({ steps: REFUSED, retry: [["f2fs_allocate", 0]], sizeBytes: 4096 });
  assert.equal(found.cause, "extends-size");
  assert.match(found.evidence, /ends at 8192, i_size is 4096/);
  assert.equal(causeOf({ sizeBytes: 0 }), "extends-size");
});

test("data in the inode is refused before the blocks are looked up", () => {
  assert.equal(causeOf({}), "special-extent");
  assert.equal(causeOf({ events: ["f2fs_direct_IO_enter"] }), "unknown");
});

test("-95 is what its buffered write returns: for part of a block, or for a file without direct I/O", () => {
  const steps = ASKED.slice(0, 2);
  assert.equal(causeOf({ steps, result: EOPNOTSUPP, lengthBytes: 512 }), "unaligned");
  assert.equal(causeOf({ steps, result: EOPNOTSUPP }), "no-direct-io");
});

test("cached pages are found after f2fs_overwrite_io has passed", () => {
  assert.equal(causeOf({ steps: [...PASSED, ["has_page_ret", 1]] }), "page-cache");
  assert.equal(causeOf({ steps: PASSED }), "unknown");
});

test("a lock that was not taken is told, the inode's and that of garbage collection", () => {
  const inode = said({ steps: [["write_trylock_ret", 0]], workerInside: true });
  assert.equal(inode.cause, "lock-contended");
  assert.ok(inode.ownWorker);
  const collection = said({ steps: [...PASSED, ["read_trylock_ret", 0]] });
  assert.equal(collection.cause, "lock-contended");
  assert.match(collection.evidence, /i_gc_rwsem/);
  // Where locks are not seen, nothing else can refuse so early.
  assert.equal(causeOf({ steps: [], events: PROBES }), "lock-contended");
  assert.equal(causeOf({ steps: [] }), "unknown");
});
