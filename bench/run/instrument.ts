import type { Driver, DriverError } from "../../native/index.js";
import type { InstrumentChecks } from "../../results/schema.js";
import { UserError } from "../../terminal/errors.js";
import { ringRefused } from "../environment/io-uring.js";

const OPERATIONS = 4096;
const QUEUE_DEPTH = 32;

/**
 * A stream of NOPs must punt 0 times, a stream of forced-async NOPs every time. Anything else means that
 * the counter cannot be trusted, and stops the run.
 */
export async function checkInstrument(
  driver: Driver,
  countPunts: boolean,
): Promise<InstrumentChecks> {
  const stream = async (forced: boolean) => {
    try {
      const request = { operations: OPERATIONS, queueDepth: QUEUE_DEPTH, forced, countPunts };
      return await driver.runNops(request);
    } catch (error) {
      throw ringRefused(error as DriverError);
    }
  };
  const nop = await stream(false);
  const forced = await stream(true);
  const checks: InstrumentChecks = {
    nopPuntRatio: nop.puntCount === null ? null : nop.puntCount / OPERATIONS,
    forcedPuntRatio: forced.puntCount === null ? null : forced.puntCount / OPERATIONS,
    timestampCostNs: driver.timestampCostNs(),
    emptyLoopNsPerOperation: nop.wallNs / OPERATIONS,
  };
  demand("a stream of NOPs", checks.nopPuntRatio, 0);
  demand("a stream of forced-async NOPs", checks.forcedPuntRatio, 1);
  return checks;
}

function demand(stream: string, ratio: number | null, expected: number): void {
  if (ratio === null || ratio === expected) return;
  throw new UserError(
    `instrument check failed: ${stream} punted ${ratio * 100} % instead of ${expected * 100} %`,
    "Punt counts of this machine cannot be trusted; please report the kernel version.",
  );
}
