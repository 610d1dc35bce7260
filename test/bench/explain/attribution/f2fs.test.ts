import assert from "node:assert/strict";
import { test } from "node:test";
import { attribute } from "../../../../bench/explain/attribution/attribute.js";
import { contextOf, puntedWrite } from "./traced.js";

/** The steps of an attempt that reaches f2fs_overwrite_io, in the order of the source (6.12.118). */
const ENTERED = "write_trylock_ret(1, 0) file_modified(0, 0)";
const ASKED = `${ENTERED} f2fs_direct_IO_enter(0, 0)`;
const REFUSED = `${ASKED} f2fs_overwrite_ret(0, 0), result -11`;
const PASSED = `${ASKED} f2fs_overwrite_ret(1, 0)`;
const PROBES = ["write_f2fs", "f2fs_direct_IO_enter", "f2fs_overwrite_ret", "read_trylock_ret"];

type Changes = Parameters<typeof puntedWrite>[0] & { events?: string[]; workerInside?: boolean };

function said({ events = PROBES, workerInside = false, ...changes }: Changes) {
  const write = { ...puntedWrite({ offsetBytes: 4096, ...changes }), workerInside };
  return attribute(write, contextOf("f2fs", "6.12", events));
}

const causeOf = (changes: Changes) => said(changes).cause;

test("what the worker allocated says which block was missing", () => {
  assert.equal(causeOf({ inline: REFUSED, retry: "f2fs_allocate(0, 0)" }), "hole");
  assert.equal(causeOf({ inline: REFUSED, retry: "f2fs_allocate(-1, 0)" }), "unwritten");
  // Only the first one is certain to be of this write: blocks of f2fs' own nodes follow.
  const both = "f2fs_allocate(-1, 0) f2fs_allocate(0, 0)";
  assert.equal(causeOf({ inline: REFUSED, retry: both }), "unwritten");
  assert.equal(causeOf({ inline: REFUSED, retry: "" }), "unknown");
  assert.equal(causeOf({ inline: REFUSED }), "unknown");
});

test("a write that ends behind the size extends the file, whatever the worker allocated", () => {
  const found = said({ inline: REFUSED, retry: "f2fs_allocate(0, 0)", sizeBytes: 4096 });
  assert.equal(found.cause, "extends-size");
  assert.match(found.evidence, /ends at 8192, i_size is 4096/);
  assert.equal(causeOf({ inline: `${ASKED}, result -11`, sizeBytes: 0 }), "extends-size");
});

test("data in the inode is refused before the blocks are looked up", () => {
  const inline = `${ASKED}, result -11`;
  assert.equal(causeOf({ inline }), "special-extent");
  assert.equal(causeOf({ inline, events: ["f2fs_direct_IO_enter"] }), "unknown");
});

test("-95 is what its buffered write returns: for part of a block, or for a file without direct I/O", () => {
  const inline = `${ENTERED}, result -95`;
  assert.equal(causeOf({ inline, lengthBytes: 512 }), "unaligned");
  assert.equal(causeOf({ inline }), "no-direct-io");
});

test("cached pages are found after f2fs_overwrite_io has passed", () => {
  assert.equal(causeOf({ inline: `${PASSED} has_page_ret(1, 0), result -11` }), "page-cache");
  assert.equal(causeOf({ inline: `${PASSED}, result -11` }), "unknown");
});

test("a lock that was not taken is told, the inode's and that of garbage collection", () => {
  const inode = said({ inline: "write_trylock_ret(0, 0), result -11", workerInside: true });
  assert.equal(inode.cause, "lock-contended");
  assert.ok(inode.ownWorker);
  const collection = said({ inline: `${PASSED} read_trylock_ret(0, 0), result -11` });
  assert.equal(collection.cause, "lock-contended");
  assert.match(collection.evidence, /i_gc_rwsem/);
  // Where locks are not seen, nothing else can refuse so early.
  const blind = PROBES.slice(0, -1);
  assert.equal(causeOf({ inline: ", result -11", events: blind }), "lock-contended");
  assert.equal(causeOf({ inline: ", result -11" }), "unknown");
});
