import assert from "node:assert/strict";
import { test } from "node:test";
import { printable } from "../../terminal/printable.js";

test("nothing in text from outside acts on the terminal; its words, lines and tabs stay", () => {
  const cases: [string, string][] = [
    ["\u001b[31mred\u001b[0m\tand\nnew", "red\tand\nnew"],
    ["\u001b]0;title\u0007text", "text"],
    ["a\rb\bc\u0000d\u007fe", "abcde"],
    ["\u009b2Jgone", "gone"],
    ["\u202eabc\u2066", "abc"],
    ["\u001b", ""],
    ["größe 5 µs 🚀", "größe 5 µs 🚀"],
  ];
  for (const [text, expected] of cases) assert.equal(printable(text), expected);
});
