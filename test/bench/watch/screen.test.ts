import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import type { ReadStream, WriteStream } from "node:tty";
import { Screen } from "../../../bench/watch/screen.js";
import { observation, reportOf } from "../../support/observations.js";

/** Streams that behave like a terminal, as far as a screen uses one. */
function terminal() {
  const modes: boolean[] = [];
  const setRawMode = (raw: boolean) => modes.push(raw);
  const input = Object.assign(new PassThrough(), { setRawMode });
  const output = Object.assign(new PassThrough(), {
    columns: 100,
    rows: 24,
    hasColors: () => true,
  });
  const screen = new Screen(output as unknown as WriteStream, input as unknown as ReadStream, 20);
  return { screen, input, modes, drawn: () => String(output.read() ?? "") };
}

const report = reportOf([
  observation({ file: "/data/z", requests: 9 }),
  observation({ file: "/data/a", requests: 1 }),
]);

test("a key sorts the table at once, and q or Ctrl-C ends the watch", () => {
  const { screen, input, drawn } = terminal();
  screen.show(report);
  assert.match(drawn(), /data\/z[\s\S]*data\/a[\s\S]*c cost\*/);
  input.emit("data", Buffer.from("f"));
  assert.match(drawn(), /data\/a[\s\S]*data\/z[\s\S]*f file\*/);
  input.emit("data", Buffer.from("x"));
  assert.equal(screen.ended.aborted, false);
  input.emit("data", Buffer.from("q"));
  assert.equal(screen.ended.aborted, true);
  const other = terminal();
  other.input.emit("data", Buffer.from("\u0003"));
  assert.equal(other.screen.ended.aborted, true);
});

test("the terminal is given back as it was, and draws no more after the end", () => {
  const { screen, input, modes, drawn } = terminal();
  screen.show(report);
  drawn();
  screen.close();
  input.emit("data", Buffer.from("f"));
  assert.equal(drawn(), "");
  assert.deepEqual(modes, [true, false]);
});

test("colour is used only where the terminal has it", () => {
  const { screen, drawn } = terminal();
  screen.show(report);
  assert.ok(!drawn().includes("\u001b[2m"), "this stream says that it is no terminal");
});
