import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { mock, test } from "node:test";
import { reportError } from "../../terminal/report-error.js";

/** What is printed for the error that `act` throws, and the exit code. */
function reported(act: () => void): { code: number; text: string } {
  let text = "";
  const write = mock.method(process.stderr, "write", (piece: string) => {
    text += piece;
    return true;
  });
  try {
    act();
    return { code: 0, text };
  } catch (error) {
    return { code: reportError("puntbench", error), text };
  } finally {
    write.mock.restore();
  }
}

test("a call that the kernel refuses is one line with a remedy, and no stack", () => {
  const { code, text } = reported(() => readdirSync("/proc/no-such-folder"));
  assert.equal(code, 1);
  assert.match(
    text,
    /the system refused a call: ENOENT: .*scandir '\/proc\/no-such-folder'\n {2}\S/,
  );
  assert.doesNotMatch(text, /\n\s+at /);
});

test("a bug shows its stack", () => {
  const { code, text } = reported(() => {
    throw new TypeError("x is not a function");
  });
  assert.equal(code, 1);
  assert.match(text, /internal error, please report it\nTypeError: x is not a function\n\s+at /);
});
