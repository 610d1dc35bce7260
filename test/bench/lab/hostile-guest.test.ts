import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { after, test } from "node:test";
import { GuestFollower } from "../../../bench/lab/qemu/follow-guest.js";
import type { GuestError } from "../../../bench/lab/qemu/guest-error.js";
import {
  LINE_CHARACTERS_MAX,
  onGuestLine,
  STREAM_CHARACTERS_MAX,
} from "../../../bench/lab/qemu/guest-lines.js";
import { OUTPUT_BYTES_MAX } from "../../../bench/lab/qemu/guest-output.js";
import { parseStatus } from "../../../bench/lab/qemu/guest-status.js";
import { bringBack, standardOutput } from "../../../bench/lab/session/bring-back.js";
import { readRun } from "../../../bench/lab/session/comparison.js";

const folder = mkdtempSync(join(tmpdir(), "puntbench-hostile-"));
after(() => rmSync(folder, { recursive: true }));
const content = Buffer.from("{}\n");
const file = (path: string) => ({ path, content });

test("a results file is added below --out, and one that exists is left as it is", async () => {
  const out = join(folder, "added");
  const [path] = await bringBack([file("results/6.1/run-1.jsonl")], out);
  assert.equal(path, join(out, "6.1/run-1.jsonl"));
  writeFileSync(path as string, "kept");
  await assert.rejects(bringBack([file("results/6.1/run-1.jsonl")], out), /EEXIST/);
  assert.equal(readFileSync(path as string, "utf8"), "kept");
});

test("--out where no folder can be made is refused, and the lab does not hang", async () => {
  await assert.rejects(
    bringBack([file("results/6.1/run-1.jsonl")], "/proc/puntbench-results"),
    /cannot be written \(ENOENT\)/,
  );
});

test("symbolic links below --out are not followed", async () => {
  const out = join(folder, "links");
  const outside = join(folder, "outside");
  for (const made of [join(out, "6.1"), outside]) mkdirSync(made, { recursive: true });
  symlinkSync(join(outside, "target"), join(out, "6.1/a.jsonl"));
  symlinkSync(outside, join(out, "6.12"));
  await assert.rejects(bringBack([file("results/6.1/a.jsonl")], out), /EEXIST/);
  await assert.rejects(bringBack([file("results/6.12/a.jsonl")], out), /ENOTDIR|ELOOP/);
  assert.deepEqual(readdirSync(outside), []);
});

test("other names than those of results files are passed over", async () => {
  const out = join(folder, "names");
  const names = [
    "results/a.jsonl",
    "results/6.1/../x.jsonl",
    "results/./x.jsonl",
    "results/.ssh/x.jsonl",
  ];
  const more = [
    "results/6.1/x.sh",
    "results/6.1/a\n.jsonl",
    "results/6.1/b/c.jsonl",
    "other/6.1/x.jsonl",
  ];
  assert.deepEqual(await bringBack([...names, ...more].map(file), out), []);
});

test("reports of a guest that are out of bounds are no reports", () => {
  const lines = [
    "exit 4294967294 0",
    "exit -1 0",
    "trials NaN 3",
    "trials 1e999 3",
    `step ${"x".repeat(100)} 1`,
    "step __proto__",
  ];
  for (const line of lines) assert.equal(parseStatus(`puntbench-lab: ${line}`), null, line);
});

test("a line without end takes bounded memory, and escape sequences do not reach the terminal", async () => {
  const stream = new PassThrough();
  const lines: string[] = [];
  onGuestLine(stream, (line) => lines.push(line));
  stream.write("\u001b[2Jfirst\r\n");
  for (let sent = 0; sent < 64; sent += 1) stream.write("x".repeat(2 ** 16));
  stream.end("\nlast");
  await new Promise((resolve) => stream.once("end", resolve));
  assert.deepEqual(lines, ["first", "x".repeat(LINE_CHARACTERS_MAX), "last"]);
  const printed = [{ path: "stdout.0", content: Buffer.from("\u001b]0;title\u0007text\n") }];
  assert.equal(standardOutput(printed, 0), "text\n");
});

test("lines beyond the limit of a stream are dropped, so that a flood does not keep the lab busy", async () => {
  const stream = new PassThrough();
  let lines = 0;
  onGuestLine(stream, () => {
    lines += 1;
  });
  const chunk = "a line\n".repeat(1 << 14);
  const chunks = Math.ceil(STREAM_CHARACTERS_MAX / chunk.length);
  for (let sent = 0; sent < 2 * chunks; sent += 1) stream.write(chunk);
  stream.end();
  await new Promise((resolve) => stream.once("end", resolve));
  assert.ok(lines > 0 && lines <= STREAM_CHARACTERS_MAX / "a line\n".length, String(lines));
});

test("a guest that sends without end is ended, and its bytes are dropped", async () => {
  const streams = Array.from({ length: 7 }, () => new PassThrough());
  const child = Object.assign(new EventEmitter(), { stdio: streams, pid: process.pid });
  const limits = { bootMs: 60_000, totalMs: 60_000, silenceMs: null };
  const follower = new GuestFollower(child as never, limits, {});
  const chunk = Buffer.alloc(2 ** 24);
  const output = streams[6] as PassThrough;
  const flood = setInterval(() => output.write(chunk), 0);
  const followed = follower.follow(new AbortController().signal);
  void followed.catch(() => {}).finally(() => clearInterval(flood));
  await assert.rejects(followed, (error: GuestError) => {
    assert.equal(error.failure, "flood");
    assert.match(error.message, /more than 256(\.0)? MiB of results/);
    return !error.worthAnotherTry;
  });
  assert.ok(OUTPUT_BYTES_MAX <= 2 ** 28);
});

test("a guest's file that is no results file is refused by name and line", async () => {
  const path = join(folder, "nonsense.jsonl");
  writeFileSync(path, "\u001b[2J\n");
  await assert.rejects(readRun(path, "6.1", "ext4"), {
    name: "UserError",
    message: `${path}: line 1 is no line of a results file`,
  });
});
