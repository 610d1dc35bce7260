import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { test } from "node:test";
import type { DriverMeasurement, TrialRequest } from "../../native/index.js";
import { driver, noPuntCounter, scratchFolder, smallTrial } from "../support/kernel.js";
import { BLOCKS, stamps } from "../support/traced-stream.js";
import type { TraceEvent } from "../support/tracefs/trace.js";
import { seenBy } from "../support/tracepoints.js";

const folder = scratchFolder();
const skip = noPuntCounter;

const PUNT = "io_uring_queue_async_work";
// The first two are one event, renamed in Linux 6.4.
const SUBMITTED = ["io_uring_submit_req", "io_uring_submit_sqe"];
const COMPLETED = "io_uring_complete";
const PAUSE_NS = 2_000_000;
const everyBlock = Array.from({ length: BLOCKS }, (_, block) => block);

interface Paused {
  measured: DriverMeasurement;
  /** Of each submission: requests under way before it, and the time since the last completion. */
  submissions: { underWay: number; restedNs: number }[];
}

/** Runs a stream with pauses, reads it back, and holds its punts against the kernel's own trace. */
async function paused(changes: Partial<TrialRequest>): Promise<Paused> {
  const request = smallTrial(folder, { keepFile: true, thinkTimeNs: PAUSE_NS, ...changes });
  const names = [PUNT, ...SUBMITTED, COMPLETED].map((name) => `io_uring/${name}`);
  const { result: measured, events } = await seenBy(names, () => driver.runTrial(request));
  assert.deepEqual(stamps(readFileSync(request.path)), everyBlock);
  rmSync(request.path);
  assert.deepEqual([measured.firstError, measured.writes], [null, BLOCKS]);
  const mine = events.filter(({ tid }) => tid === measured.submitterTid);
  assert.equal(measured.puntCount, mine.filter(({ name }) => name === PUNT).length);
  return { measured, submissions: submissionsOf(measured.submitterTid, events) };
}

function submissionsOf(thread: number, events: readonly TraceEvent[]): Paused["submissions"] {
  const isSubmission = ({ name, tid }: TraceEvent) => SUBMITTED.includes(name) && tid === thread;
  const ring = events.find(isSubmission)?.fields.ctx;
  const submissions: Paused["submissions"] = [];
  let underWay = 0;
  let completedNs = 0;
  for (const event of [...events].sort((a, b) => a.timeNs - b.timeNs)) {
    if (event.fields.ctx !== ring) continue;
    if (event.name === COMPLETED) {
      underWay -= 1;
      completedNs = event.timeNs;
    } else if (isSubmission(event)) {
      submissions.push({ underWay, restedNs: event.timeNs - completedNs });
      underWay += 1;
    }
  }
  return submissions;
}

for (const [thinkRequests, queueDepth] of [
  [1, 8],
  [8, 8],
  [32, 8],
  [5, 32],
] as const) {
  for (const preparation of ["dd-prefill", "no-fallocate"] as const) {
    test(`${preparation}, depth ${queueDepth}: the stream pauses when every ${thinkRequests} requests have completed`, {
      skip,
    }, async () => {
      const pause = { thinkRequests, queueDepth, preparation };
      const { measured, submissions } = await paused(pause);
      assert.ok(measured.wallNs >= (Math.ceil(BLOCKS / thinkRequests) - 1) * PAUSE_NS);
      if (submissions.length === 0) return; // this kernel does not show the requests
      assert.equal(submissions.length, BLOCKS);
      const behindPause = submissions.filter((_, n) => n > 0 && n % thinkRequests === 0);
      for (const { underWay, restedNs } of behindPause) {
        assert.equal(underWay, 0, "all before the pause have completed");
        assert.ok(restedNs >= PAUSE_NS, `a pause of ${restedNs} ns`);
      }
      const most = Math.max(...submissions.map(({ underWay }) => underWay)) + 1;
      assert.equal(most, Math.min(thinkRequests, queueDepth), "between pauses the queue is full");
    });
  }
}

for (const arm of ["psync", "libaio", "own-files"] as const) {
  test(`${arm}: every block is written, with pauses between`, async () => {
    const request = smallTrial(folder, { arm, thinkRequests: 64, thinkTimeNs: PAUSE_NS });
    const { firstError, writes, wallNs } = await driver.runTrial(request);
    assert.deepEqual([firstError, writes], [null, BLOCKS]);
    assert.ok(wallNs >= (BLOCKS / 64 - 1) * PAUSE_NS);
  });
}

test("latencies leave the pauses out", async () => {
  const pause = { thinkRequests: 1, thinkTimeNs: 20_000_000, fileSizeBytes: 20 * 4096 };
  const { latencyNs, issueDelayNs } = await driver.runTrial(smallTrial(folder, pause));
  assert.equal(issueDelayNs, null);
  assert.ok(Math.min(...latencyNs) < 20_000_000);
});

test("a stream with pauses ends when its duration is over", async () => {
  const pause = { thinkRequests: 1, thinkTimeNs: PAUSE_NS, durationNs: 50_000_000 };
  const { writes, wallNs } = await driver.runTrial(smallTrial(folder, pause));
  assert.ok(writes > 0 && writes <= 26, `${writes} writes`);
  assert.ok(wallNs >= 50_000_000);
});

test("a pause of which one half is missing is none", async () => {
  for (const half of [{ thinkRequests: 1 }, { thinkTimeNs: 1e9 }]) {
    const { writes } = await driver.runTrial(smallTrial(folder, half));
    assert.equal(writes, BLOCKS);
  }
});

test("cancelling a trial in its pause ends it soon", async () => {
  const abort = new AbortController();
  const pause = { thinkRequests: 1, thinkTimeNs: 3600e9 };
  const trial = driver.runTrial(smallTrial(folder, pause), abort.signal);
  setTimeout(() => abort.abort(), 100);
  await assert.rejects(trial, { code: "ECANCELED" });
});
