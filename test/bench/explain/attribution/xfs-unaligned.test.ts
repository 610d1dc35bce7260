import assert from "node:assert/strict";
import { test } from "node:test";
import { attributeXfs } from "../../../../bench/explain/attribution/xfs.js";
import { contextOf, puntedWrite } from "./traced.js";

// Attempts as Debian's 5.10 and 6.12 showed them.
const EVENTS = ["xfs_ilock_nowait", "xfs_iunlock", "iomap_iter", "read_trylock_ret", "write_xfs"];
const on = (release: string) => contextOf("xfs", release, EVENTS);

const MAPPING_REFUSED =
  "xfs_ilock_nowait(2, 0) read_trylock_ret(1, 0) kiocb_modified_ret(0, 0) xfs_file_direct_write(0, 0) iomap_dio_rw_begin(2, 0) has_page_ret(0, 0) iomap_iter(0, 0) xfs_ilock_nowait(8, 0) read_trylock_ret(1, 0) xfs_iunlock(8, 0) xfs_begin_ret(-11, 0) iomap_dio_complete(-11, 0) iomap_dio_ret(-11, 0) xfs_iunlock(2, 0), result -11";
const ONE_MAPPING =
  "kiocb_modified_ret(0, 0) xfs_file_direct_write(0, 0) iomap_dio_rw_begin(0, 0) iomap_iter(0, 0) xfs_iunlock(8, 0) xfs_iomap_found(0, 0) xfs_begin_ret(0, 0) iomap_iter(0, 0)";

test("a write of part of a block that gave up before the lock is refused for that: always up to 5.11, then only at the end of the file", () => {
  const first = puntedWrite({ inline: ", result -11", lengthBytes: 512 });
  assert.equal(attributeXfs(first, on("5.10")).cause, "unaligned");
  assert.equal(attributeXfs(first, on("6.12")).cause, "unknown");
  const last = puntedWrite({
    inline: ", result -11",
    offsetBytes: (1 << 20) - 512,
    lengthBytes: 512,
  });
  assert.equal(attributeXfs(last, on("6.12")).cause, "unaligned");
  const whole = puntedWrite({ inline: ", result -11" });
  assert.equal(attributeXfs(whole, on("5.10")).cause, "unknown");
});

test("a write of part of an unwritten block is refused to the worker too, which then takes the lock exclusively", () => {
  const refused =
    "xfs_file_direct_write(0, 0) iomap_dio_rw_begin(2, 0) iomap_iter(0, 0) xfs_begin_ret(-11, 0) xfs_iunlock(2, 0) ";
  const write = { inline: MAPPING_REFUSED, retry: `${refused}${ONE_MAPPING}, result 512` };
  assert.equal(
    attributeXfs(puntedWrite({ ...write, lengthBytes: 512 }), on("6.12")).cause,
    "unaligned",
  );
  assert.equal(attributeXfs(puntedWrite(write), on("6.12")).cause, "unknown");
});

test("a write for which the worker needed two mappings crosses extents", () => {
  const second =
    "xfs_iunlock(8, 0) xfs_iomap_found(0, 0) xfs_begin_ret(0, 0) iomap_iter(0, 0), result 8192";
  const write = { inline: MAPPING_REFUSED, retry: `${ONE_MAPPING} ${second}`, lengthBytes: 8192 };
  const { cause, evidence } = attributeXfs(puntedWrite(write), on("6.12"));
  assert.equal(cause, "crosses-extents");
  assert.match(evidence, /2 mappings/);
});

test("an append whose blocks another append allocated meanwhile found a hole", () => {
  const retry = `${ONE_MAPPING}, result 4096`;
  const append = { inline: MAPPING_REFUSED, retry, offsetBytes: 1 << 20 };
  assert.equal(attributeXfs(puntedWrite(append), on("6.12")).cause, "hole");
  assert.equal(
    attributeXfs(puntedWrite({ ...append, offsetBytes: 0 }), on("6.12")).cause,
    "unknown",
  );
});
