import type { Driver } from "../../native/index.js";

const OPERATIONS = 200_000;
const QUEUE_DEPTH = 32;

/**
 * CPU ns that counting adds to one punt, from forced NOPs with and without the counter: for each punt three perf
 * events fire. NaN where punts cannot be counted.
 */
export async function puntCounterNs(driver: Driver): Promise<number> {
  const request = { operations: OPERATIONS, queueDepth: QUEUE_DEPTH, forced: true };
  const plain = await driver.runNops({ ...request, countPunts: false });
  const counted = await driver.runNops({ ...request, countPunts: true });
  if (counted.puntCount === null) return Number.NaN;
  // The tracepoint fires on the submitter, so the workers' time would add noise only.
  return (
    ((counted.cpuNs.submitter ?? Number.NaN) - (plain.cpuNs.submitter ?? Number.NaN)) / OPERATIONS
  );
}
