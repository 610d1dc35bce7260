import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { hasPolledQueue } from "../../bench/environment/device.js";
import { noPuntCounter, scratchFolder } from "../support/kernel.js";
import {
  BLOCKS,
  stamps,
  submittedAs,
  type TracedStream,
  tracedStream,
} from "../support/traced-stream.js";

const folder = scratchFolder();
const skip =
  noPuntCounter || (!hasPolledQueue(folder) && "SKIPPED, this device has no polled queue");

const ring = "iopoll" as const;
const all = Array.from({ length: BLOCKS }, (_, block) => block);

/** Interrupts of the NVMe driver so far, all queues and CPUs. */
function interrupts(): number {
  const rows = readFileSync("/proc/interrupts", "utf8").split("\n");
  const counts = rows.filter((row) => / nvme\d+q[1-9]\d*$/.test(row));
  return counts.flatMap((row) => row.match(/ \d+(?= )/g) ?? []).reduce((sum, n) => sum + +n, 0);
}

/** Interrupts of I/O queues while a stream runs, and the stream. */
async function interruptsOf(changes: Parameters<typeof tracedStream>[1]) {
  const before = interrupts();
  const found = await tracedStream(folder, changes);
  return { found, interrupts: interrupts() - before };
}

function agrees({ measured, punts, submitted }: TracedStream, expected: object) {
  assert.deepEqual([measured.firstError, measured.writes], [null, BLOCKS]);
  assert.deepEqual(measured.ringFlags, ["IOPOLL"]);
  assert.equal(measured.puntCount, punts, "the trace counts as many punts as the driver");
  if (submitted.size > 0) assert.deepEqual(submitted, submittedAs(expected));
}

for (const preparation of ["dd-prefill", "fallocate-0", "no-fallocate"] as const) {
  test(`polled writes of ${preparation} reach the file, and their punts are counted`, {
    skip,
  }, async () => {
    const found = await tracedStream(folder, { ring, preparation });
    agrees(found, { write: BLOCKS });
    assert.deepEqual(stamps(found.contents[0] as Buffer), all);
    if (preparation === "no-fallocate") assert.ok(found.punts > BLOCKS / 2, `${found.punts} punts`);
  });
}

test("polled reads read every block and change none", { skip }, async () => {
  const found = await tracedStream(folder, { ring, operation: "read" });
  agrees(found, { read: BLOCKS });
  assert.ok(found.contents[0]?.every((byte) => byte === 0xa5));
});

test("a polled stream completes without the interrupts of a plain one", { skip }, async () => {
  const one = { queueDepth: 1, operation: "read" } as const;
  const plain = await interruptsOf(one);
  const polled = await interruptsOf({ ...one, ring });
  assert.ok(plain.interrupts >= BLOCKS, `plain: ${plain.interrupts} interrupts`);
  assert.ok(polled.interrupts < BLOCKS / 2, `polled: ${polled.interrupts} interrupts`);
});
