import assert from "node:assert/strict";
import { test } from "node:test";
import { wrapWords } from "../../terminal/wrap.js";

test("lines break between words, and later ones are indented", () => {
  assert.deepEqual(wrapWords("one two three four", 9), ["one two", "  three", "  four"]);
  assert.deepEqual(wrapWords("one two", 7), ["one two"]);
  assert.deepEqual(wrapWords("", 7), [""]);
});

test("a word that is longer than a line stays whole, and no width is too small", () => {
  assert.deepEqual(wrapWords("a /long/path b", 4), ["a", "  /long/path", "  b"]);
  assert.deepEqual(wrapWords("a b", 0), ["a", "  b"]);
});

test("without a limit nothing breaks", () => {
  assert.deepEqual(wrapWords("one two three", Number.POSITIVE_INFINITY), ["one two three"]);
});
