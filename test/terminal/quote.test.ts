import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import {
  csvField,
  escapeHtml,
  escapeMarkdown,
  hasUnseen,
  jsonLine,
  printable,
  shellWord,
  visible,
} from "../../terminal/quote.js";

const NASTY = ["it's", "$(id)", "`id`", "a b", "-rf", "", "\\", '"', "x\ny", "a;b|c&d", "*"];

test("a shell takes each quoted word for one word, with the same characters", () => {
  const script = `printf '%s\\0' ${NASTY.map(shellWord).join(" ")}`;
  const { stdout } = spawnSync("sh", ["-c", script], { encoding: "utf8" });
  assert.deepEqual(stdout.split("\0").slice(0, -1), NASTY);
});

test("no control character and no change of direction reaches a terminal", () => {
  assert.equal(
    visible("a\u001b[31m\u009b\r\n\u202e\u2028b"),
    "a\\x1b[31m\\x9b\\r\\n\\u202e\\u2028b",
  );
  assert.equal(visible("6.12 µs · Ω 日本 🐧"), "6.12 µs · Ω 日本 🐧");
});

test("a spreadsheet takes no text for a formula, and numbers stay numbers", () => {
  for (const start of ["=", "+", "-", "@"]) assert.equal(csvField(`${start}1`), `'${start}1`);
  assert.equal(csvField('=HYPERLINK("x")'), '"\'=HYPERLINK(""x"")"');
  assert.equal(csvField(-1.5), "-1.5");
  assert.equal(csvField(null), "");
});

test("text becomes no markup", () => {
  assert.equal(escapeHtml(`<a b="c" d='e'>&`), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;");
  assert.equal(escapeMarkdown("[x](y) | <b>"), "\\[x\\](y) \\| &lt;b&gt;");
});

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

test("text made to keep a regular expression busy takes linear time: quadratic, it would take half an hour", {
  timeout: 120_000,
}, () => {
  const pairs = 200_000;
  for (const piece of [";?", "[", ";a", "\u001b[", "\u001b]", "\u009b1;", "_", " ", "|"]) {
    const text = `\u001b${piece.repeat(pairs)}`;
    for (const shown of [printable(text), visible(text), escapeMarkdown(text), csvField(text)]) {
      assert.ok(shown.length <= 12 * text.length);
    }
  }
});

test("a line of JSON holds no character that a terminal acts on, and is the same value", () => {
  const value = { name: "\u001b[2J\u009b31m\u202e\u2028\n\u007f ok" };
  const text = jsonLine(value);
  assert.ok(!hasUnseen(text), text);
  assert.deepEqual(JSON.parse(text), value);
});
