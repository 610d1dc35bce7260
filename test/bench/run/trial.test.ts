import assert from "node:assert/strict";
import { test } from "node:test";
import { runTrial } from "../../../bench/run/trial.js";
import { driver, scratchFolder, smallTrial } from "../../support/kernel.js";

const folder = scratchFolder();
const PLACE = { round: 0, position: 0, seed: 1 };

const context = {
  driver,
  countPunts: false,
  predictedPunts: () => null,
  ring: "best" as const,
  instructions: false,
  limits: new Map(),
  signal: new AbortController().signal,
};

/** A real trial whose number of workers is replaced. */
async function warningsWith(workersPeak: number, workerLimit: number | null) {
  const { path, seed, settleNs, countPunts, ...scenario } = smallTrial(folder, { arm: "forced" });
  const replacing = {
    ...driver,
    runTrial: async (request: Parameters<typeof driver.runTrial>[0]) => ({
      ...(await driver.runTrial(request)),
      workersPeak,
      workerLimit,
    }),
  };
  return (await runTrial({ ...context, driver: replacing }, scenario, path, PLACE)).warnings;
}

test("a trial with more workers than the limit warns that it used another pool", async () => {
  assert.match((await warningsWith(33, 8)).join(), /33 io-wq workers where 8 bounded/);
  assert.deepEqual(await warningsWith(8, 8), []);
  assert.deepEqual(await warningsWith(33, null), []);
});

test("a trial that was cancelled throws why, not that the system refused a call", async () => {
  const { path, seed, settleNs, countPunts, ...scenario } = smallTrial(folder, {
    intervalNs: 100_000_000,
  });
  const why = new Error("interrupted");
  const cancelled = new AbortController();
  setTimeout(() => cancelled.abort(why), 200);
  await assert.rejects(
    runTrial({ ...context, signal: cancelled.signal }, scenario, path, PLACE),
    (error) => error === why,
  );
});
