import assert from "node:assert/strict";
import { test } from "node:test";
import { attributeExt4 } from "../../../../bench/explain/attribution/ext4.js";
import { contextOf, puntedWrite } from "./traced.js";

const EVENTS = ["write_ext4", "read_trylock_ret", "ext4_es_lookup_extent_exit"];
const WRITTEN = 1;
const UNWRITTEN = 2;

/** Of a write that ext4 refused after it found an extent that ends before block `end`. */
function causeOf(offsetBytes: number, lengthBytes: number, end: number, status = WRITTEN) {
  const steps = `read_trylock_ret(1, 0) checks(0, 0) ext4_es_lookup_extent_exit(${status}, ${end}), result -11`;
  const write = puntedWrite({ inline: steps, offsetBytes, lengthBytes });
  return attributeExt4(write, contextOf("ext4", "6.12", EVENTS));
}

test("blocks are counted from the first one of the write on: a write that begins near the end of an extent crosses it", () => {
  const { cause, evidence } = causeOf(127 * 4096 + 2048, 6144, 128);
  assert.equal(cause, "crosses-extents");
  assert.equal(evidence, "ext4 found 1 written blocks there, the write covers 2");
  assert.equal(causeOf(126 * 4096, 6144, 128).cause, "unknown");
});

test("a write that touches part of two blocks covers both", () => {
  assert.equal(causeOf(2048, 4096, 1).cause, "crosses-extents");
  assert.equal(causeOf(2048, 4096, 2, UNWRITTEN).cause, "unaligned");
});
