import assert from "node:assert/strict";
import { constants, mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { planFiles } from "../../../bench/replay/files.js";
import { checkLimits } from "../../../bench/replay/limits.js";
import { planReplay } from "../../../bench/replay/plan.js";
import { emptySurvey, surveyBlock } from "../../../bench/replay/survey.js";
import { CALL_BYTES, CALL_KINDS, REQUEST_BYTES } from "../../../native/replay.js";
import { type Column, OUTCOMES } from "../../../results/recording/block.js";
import type { Recording } from "../../../results/recording/reader.js";
import { scratchFolder } from "../../support/kernel.js";
import { blockOf, rowsOf } from "../../support/recording-rows.js";

const folder = scratchFolder();

const planOf = (given: Recording, list: readonly Partial<Record<Column, number>>[]) => {
  const place = mkdtempSync(join(folder, "plan-"));
  const survey = emptySurvey();
  const block = blockOf(list);
  surveyBlock(survey, block, () => {});
  return planReplay(given, survey, rowsOf(block), { speed: 1, file: (name) => join(place, name) });
};

const recording = {
  files: new Map(),
  rings: new Map([
    [1, { type: "ring", index: 1, process: 7, flags: 1 << 13 }],
    [2, { type: "ring", index: 2, process: 7, flags: 0 }],
  ]),
} as unknown as Recording;

test("blocks that a punting write reached before the file was looked at were not written before", () => {
  const files = new Map([
    [1, { seenAtNs: 500, sizeBytes: 16384, regions: [[0, 16384, "written"]] }],
  ]);
  const given = { ...recording, files } as unknown as Recording;
  const punted = OUTCOMES.indexOf("punted");
  const rows = [
    { atNs: 100, offsetBytes: 4096, outcome: punted },
    { atNs: 200, offsetBytes: 8192 },
    { atNs: 600, offsetBytes: 12288, outcome: punted },
  ];
  const planned = planFiles(planOf(given, rows), files as never, null);
  const written = planned.calls.filter(({ kind }) => kind === "write");
  assert.deepEqual(
    written.map(({ offsetBytes, lengthBytes }) => [offsetBytes, lengthBytes]),
    [
      [0, 4096],
      [8192, 8192],
    ],
  );
});

const plan = (...list: Partial<Record<Column, number>>[]) => planOf(recording, list);

/** Fields of `struct ReplayRequest`. */
const request = (path: string, index: number) => {
  const requests = readFileSync(path);
  const at = index * REQUEST_BYTES;
  return {
    dueNs: Number(requests.readBigInt64LE(at)),
    offsetBytes: Number(requests.readBigInt64LE(at + 8)),
    callsBefore: requests.readUInt32LE(at + 28),
    depth: requests.readUInt32LE(at + 32),
  };
};

/** Fields of every `struct ReplayCall`. */
const callsOf = ({ path, count }: { path: string; count: number }) => {
  const calls = readFileSync(path);
  assert.equal(calls.length, count * CALL_BYTES);
  return Array.from({ length: count }, (_, index) => {
    const at = index * CALL_BYTES;
    const [dueNs, offsetBytes, lengthBytes, completedBefore] = [0, 8, 16, 24].map((field) =>
      Number(calls.readBigInt64LE(at + field)),
    );
    const [file, flags, kind] = [32, 36, 40].map((field) => calls.readUInt32LE(at + field));
    const place = { dueNs, offsetBytes, lengthBytes, completedBefore };
    return { ...place, file, flags, kind: CALL_KINDS[kind as number] };
  });
};

test("a request knows its moment and how many of its ring were under way", () => {
  const { rings } = plan(
    { atNs: 1000, latencyNs: 500 },
    { atNs: 1100, latencyNs: 50, offsetBytes: 4096 },
    { atNs: 1200, latencyNs: 50, offsetBytes: 8192 },
    { atNs: 1210, ring: 2 },
    { atNs: 2000, offsetBytes: -1 },
  );
  assert.deepEqual(
    rings.map(({ ring, count }) => [ring, count]),
    [
      ["defer", 4],
      ["plain", 1],
    ],
  );
  const { requests } = rings[0] as { requests: string };
  assert.deepEqual(
    [0, 1, 2, 3].map((index) => request(requests, index)),
    [
      { dueNs: 0, offsetBytes: 0, callsBefore: 0, depth: 1 },
      { dueNs: 100, offsetBytes: 4096, callsBefore: 0, depth: 2 },
      { dueNs: 200, offsetBytes: 8192, callsBefore: 0, depth: 2 },
      { dueNs: 1000, offsetBytes: -1, callsBefore: 0, depth: 1 },
    ],
  );
});

test("a system call waits for the requests that it followed, and requests for the calls before them", () => {
  const { rings, calls } = plan(
    { atNs: 0, latencyNs: 10 },
    { atNs: 5, latencyNs: 100 },
    { atNs: 50, ring: 0, operation: 261, offsetBytes: 0, lengthBytes: 1 << 20, opFlags: 1 },
    { atNs: 60, latencyNs: 10 },
  );
  assert.deepEqual(callsOf(calls), [
    {
      dueNs: 50,
      offsetBytes: 0,
      lengthBytes: 1 << 20,
      completedBefore: 1,
      file: 0,
      flags: 1,
      kind: "fallocate",
    },
  ]);
  const { requests } = rings[0] as { requests: string };
  assert.deepEqual(
    [0, 1, 2].map((index) => request(requests, index).callsBefore),
    [0, 0, 1],
  );
});

test("calls on files that no request reaches are left out, and an O_TRUNC truncates", () => {
  const { calls } = plan(
    { atNs: 0, ring: 0, operation: 257, file: 9 },
    { atNs: 1, ring: 0, operation: 256, opFlags: constants.O_TRUNC | constants.O_RDWR },
    { atNs: 2 },
  );
  assert.deepEqual(
    callsOf(calls).map(({ kind, offsetBytes }) => [kind, offsetBytes]),
    [["ftruncate", 0]],
  );
});

test("a file that was opened with other flags is another descriptor of the same file", () => {
  const { descriptors, files } = plan(
    { atNs: 0, ring: 0, operation: 257, fileFlags: constants.O_RDWR },
    { atNs: 1 },
  );
  assert.deepEqual([...files], [1]);
  assert.deepEqual(
    descriptors.map(({ openFlags }) => openFlags & constants.O_DIRECT).sort((a, b) => a - b),
    [0, constants.O_DIRECT],
  );
});

test("what cannot be issued again is left out by its reason, and punts are counted by file and operation", () => {
  const { leftOut, files, touched } = plan(
    { operation: 18 },
    { file: 0 },
    { result: -11 },
    { lengthBytes: 2 ** 40, result: 2 ** 30 },
    {
      operation: 2,
      lengthBytes: 1,
      result: 16384,
      offsetBytes: 4096,
      outcome: OUTCOMES.indexOf("punted"),
    },
    { operation: 2, lengthBytes: 1, result: 8192 },
  );
  assert.deepEqual(Object.fromEntries(leftOut), {
    "operation 18 is not replayed": 1,
    "its file is not known": 1,
    "it failed when it was recorded": 1,
    "it is longer than 64 MiB": 1,
  });
  assert.deepEqual([...files], [1]);
  assert.equal(touched.endBytes.get(1), 20480);
});

test("what is appended, and what goes to the file's position, counts as space that the replay needs", () => {
  const MIB = 2 ** 20;
  const appends = { fileFlags: constants.O_APPEND, offsetBytes: -1, lengthBytes: MIB };
  assert.equal(plan({ lengthBytes: MIB }, { lengthBytes: MIB }).touched.bytes(), MIB);
  assert.equal(plan(appends, appends).touched.bytes(), 2 * MIB);
  const fallocate = { ring: 0, operation: 261, offsetBytes: 0 };
  assert.equal(plan({}, { ...fallocate, lengthBytes: 8 * MIB }).touched.bytes(), 8 * MIB);
  assert.equal(plan({}, { ...fallocate, lengthBytes: 2 ** 50 }).touched.bytes(), MIB + 2 ** 50);
});

test("a call and a request of the same moment do not wait for each other", () => {
  const { rings, calls } = plan(
    { atNs: 100, latencyNs: -1 },
    { atNs: 100, ring: 0, operation: 257 },
  );
  assert.equal(request(rings[0]?.requests as string, 0).callsBefore, 0);
  assert.equal(callsOf(calls)[0]?.completedBefore, 0);
});

test("a recording whose replay would take too much of the machine is refused", () => {
  const many = (count: number, row: (index: number) => Partial<Record<Column, number>>) => {
    const survey = emptySurvey();
    surveyBlock(
      survey,
      blockOf(Array.from({ length: count }, (_, index) => row(index + 1))),
      () => {},
    );
    return survey;
  };
  checkLimits(many(1024, (ring) => ({ ring })));
  assert.throws(
    () => checkLimits(many(1025, (ring) => ({ ring }))),
    /1025 rings, and at most 1024/,
  );
  assert.throws(() => checkLimits(many(40_000, (file) => ({ file }))), /of 40000 files/);
  const reads = many(17, (ring) => ({ ring, operation: 22, lengthBytes: 64 << 20 }));
  assert.throws(() => checkLimits(reads), /need buffers of 1.1 GiB/);
});
