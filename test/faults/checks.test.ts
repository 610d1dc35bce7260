import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { EXIT } from "../../terminal/errors.js";
import { writeFixture } from "../analysis/fixture.js";
import { failuresOf, lookBefore } from "./checks.js";
import { randomFor } from "./draw.js";
import type { Ending } from "./ending.js";
import type { FaultGroup } from "./group.js";
import { Place } from "./place.js";

const folder = mkdtempSync(join(tmpdir(), "puntbench-checks-"));
after(() => rmSync(folder, { recursive: true }));

const CLEAN: Ending = { command: "bench", code: 0, signal: null, stdout: "", stderr: "" };
let places = 0;

/** The names of the checks that fail after `spoil` has done its damage in a new place. */
async function failing(
  spoil: (place: Place) => void | Promise<void>,
  ending: Partial<Ending> = {},
  changes: { code?: number; cutOff?: boolean } = {},
): Promise<string[]> {
  places += 1;
  const place = new Place(join(folder, `case-${places}`), randomFor(places));
  const second = { ...CLEAN, code: changes.code ?? 0 };
  const group: FaultGroup = {
    name: "test",
    promise: "",
    cases: [],
    secondRun: async () => second,
  };
  const before = lookBefore(place);
  await spoil(place);
  const end = { endings: [{ ...CLEAN, ...ending }], cutOff: changes.cutOff ?? false };
  const failures = await failuresOf(group, place, end, before, true);
  place.remove();
  return [...new Set(failures.map(({ check }) => check))];
}

const nothing = () => {};

test("a command that ends well passes the seven checks", async () => {
  assert.deepEqual(await failing(nothing), []);
  assert.deepEqual(await failing(nothing, { code: EXIT.interrupted }), []);
});

test("an exit code that no page documents fails", async () => {
  assert.deepEqual(await failing(nothing, { code: 7 }), ["exit code"]);
  assert.deepEqual(await failing(nothing, { code: null, signal: "SIGSEGV" }), ["exit code"]);
});

test("a stack trace fails, on both streams", async () => {
  const trace = "Error: x\n    at main (file:///dist/cli.js:3:7)\n";
  assert.deepEqual(await failing(nothing, { code: 1, stderr: trace }), ["stack trace"]);
  assert.deepEqual(await failing(nothing, { stdout: trace }), ["stack trace"]);
});

test("a results file with a broken line fails; a cut last line does not", async () => {
  const write = (change: (text: string) => string) => (place: Place) => {
    mkdirSync(place.out);
    const path = writeFixture(join(place.out, "a.jsonl"), {
      kernelLabel: "x",
      rounds: 2,
      writes: 32,
    });
    writeFileSync(path, change(readFileSync(path, "utf8")));
  };
  assert.deepEqual(await failing(write((text) => text)), []);
  assert.deepEqual(await failing(write((text) => text.slice(0, -40))), []);
  const broken = write((text) => text.replace('"type":"trial"', '"type":"tri'));
  assert.deepEqual(await failing(broken), ["results"]);
  const miscounted = write((text) => text.replace(/"trials":\d+/, '"trials":1000'));
  assert.deepEqual(await failing(miscounted), ["results"]);
});

test("a file left in --dir, in the temporary folder or in the cache's runs fails", async () => {
  const leave = (path: (place: Place) => string) => (place: Place) => {
    mkdirSync(path(place), { recursive: true });
  };
  assert.deepEqual(await failing(leave(({ dir }) => join(dir, "puntbench-scratch-1-a"))), [
    "leftovers",
  ]);
  assert.deepEqual(await failing(leave(({ temporary }) => join(temporary, "x"))), ["leftovers"]);
  assert.deepEqual(await failing(leave(({ cache }) => join(cache, "puntbench/runs/run-1"))), [
    "leftovers",
  ]);
});

test("after SIGKILL the next run has to name what was left", async () => {
  const leave = ({ dir }: Place) => mkdirSync(join(dir, "puntbench-scratch-1-a"));
  const killed = { code: null, signal: "SIGKILL" } as const;
  assert.deepEqual(await failing(leave, killed, { cutOff: true }), ["leftovers"]);
});

test("a change outside fails", async () => {
  const change = ({ outside }: Place) => writeFileSync(join(outside, "data", "table"), "other\n");
  assert.deepEqual(await failing(change), ["outside"]);
});

test("a process that stays fails, and is ended", async () => {
  let pid = 0;
  const stay = (place: Place) => {
    pid = place.startProgram(["sleep", "60"]).child.pid ?? 0;
  };
  assert.deepEqual(await failing(stay), ["processes"]);
  assert.ok(!existsSync(`/proc/${pid}/exe`));
});

test("a second run that does not end with 0 fails", async () => {
  assert.deepEqual(await failing(nothing, {}, { code: 1 }), ["second run"]);
});
