import assert from "node:assert/strict";
import { test } from "node:test";
import { attributeBtrfs } from "../../../../bench/explain/attribution/btrfs.js";
import { attributeBuffered } from "../../../../bench/explain/attribution/buffered.js";
import { contextOf, puntedWrite } from "./traced.js";

const PROBES = ["write_btrfs", "read_trylock_ret", "write_trylock_ret", "iomap_iter", "nocow_ret"];
/** 6.1, where the compiler inlined btrfs_write_check, and 6.12, where it can be probed. */
const INLINED = (inode: typeof COPIED) => contextOf("btrfs", "6.1", PROBES, inode);
const CHECKED = (inode: typeof COPIED) =>
  contextOf("btrfs", "6.12", [...PROBES, "btrfs_check_ret"], inode);
const COPIED = { noCow: false, preallocated: false, dataJournal: false };
const PREALLOCATED = { ...COPIED, preallocated: true };

const LOCKED = "write_trylock_ret(1, 0), result -11";
const locked = puntedWrite({ inline: LOCKED });
const part = puntedWrite({ inline: LOCKED, lengthBytes: 512 });

test("after the lock and before the write begins, 6.1 refuses files that are copied on write, and parts of blocks", () => {
  assert.equal(attributeBtrfs(locked, INLINED(COPIED)).cause, "copy-on-write");
  assert.equal(attributeBtrfs(part, INLINED(COPIED)).cause, "copy-on-write");
  assert.equal(attributeBtrfs(part, INLINED(PREALLOCATED)).cause, "unaligned");
  const inPlace = { ...COPIED, noCow: true };
  assert.equal(attributeBtrfs(part, INLINED(inPlace)).cause, "unaligned");
  assert.equal(attributeBtrfs(locked, INLINED(PREALLOCATED)).cause, "unknown");
  assert.equal(attributeBtrfs(locked, INLINED(inPlace)).cause, "unknown");
});

test("where the check passed and direct I/O did not begin, it was for a part of a block, or for checksums", () => {
  const passed = { inline: "write_trylock_ret(1, 0) btrfs_check_ret(0, 0), result -11" };
  assert.equal(attributeBtrfs(puntedWrite(passed), CHECKED(PREALLOCATED)).cause, "checksums");
  const partly = puntedWrite({ ...passed, lengthBytes: 512 });
  assert.equal(attributeBtrfs(partly, CHECKED(PREALLOCATED)).cause, "unaligned");
});

test("buffered writes are refused by the same check, or by the lock", () => {
  const checked = puntedWrite({
    inline: "write_trylock_ret(1, 0) btrfs_check_ret(-11, 0), result -11",
  });
  assert.equal(attributeBuffered(checked, CHECKED(COPIED)).cause, "copy-on-write");
  assert.equal(attributeBuffered(locked, INLINED(COPIED)).cause, "copy-on-write");
  const refused = puntedWrite({ inline: "write_trylock_ret(0, 0), result -11" });
  assert.equal(attributeBuffered(refused, CHECKED(COPIED)).cause, "lock-contended");
});

test("without the inode's flags nothing is named by elimination", () => {
  assert.equal(attributeBtrfs(locked, contextOf("btrfs", "6.1", PROBES)).cause, "unknown");
  assert.equal(attributeBuffered(locked, contextOf("btrfs", "6.1", PROBES)).cause, "unknown");
});

test("5.10 asks whether a block may be written in place before direct I/O: behind the size there is none", () => {
  const inline = "write_trylock_ret(1, 0) nocow_ret(0, 0), result -11";
  const inPlace = contextOf("btrfs", "5.10", PROBES, { ...COPIED, noCow: true });
  const append = puntedWrite({ inline, offsetBytes: 1 << 20 });
  assert.equal(attributeBtrfs(append, inPlace).cause, "hole");
  assert.equal(attributeBtrfs(puntedWrite({ inline }), inPlace).cause, "unknown");
});
