import type { Driver, DriverError } from "../native/index.js";
import type { InstrumentChecks } from "../results/schema.js";
import { UserError } from "../terminal/errors.js";
import { ringRefused } from "./preflight.js";

const OPERATIONS = 4096;
const QUEUE_DEPTH = 32;

export interface PuntCounter {
  available: boolean;
  /** Why not, and how to get it; null when available. */
  reason: string | null;
}

/** Opens the punt counter where this user may. */
export function openPuntCounter(driver: Driver): PuntCounter {
  try {
    driver.openPuntCounter();
    return { available: true, reason: null };
  } catch (error) {
    const { code, syscall } = error as DriverError;
    return { available: false, reason: missingCounter(code, syscall) };
  }
}

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
    nopPuntRatio: nop.punts === null ? null : nop.punts.total / OPERATIONS,
    forcedPuntRatio: forced.punts === null ? null : forced.punts.total / OPERATIONS,
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

function missingCounter(code: string, syscall: string): string {
  if (code === "ENOENT") return "this kernel has no tracepoint io_uring:io_uring_queue_async_work";
  if (syscall === "fsopen" || syscall === "fsmount" || syscall === "fsconfig") {
    return code === "ENODEV"
      ? "this kernel has no tracefs (CONFIG_FTRACE)"
      : "tracefs is not readable for this user; run as root (CAP_SYS_ADMIN and CAP_PERFMON)";
  }
  if (code === "ENOSYS") return "this kernel has no perf events";
  return `${syscall}: ${code}; run as root (CAP_PERFMON), or lower kernel.perf_event_paranoid to 1 or less`;
}
