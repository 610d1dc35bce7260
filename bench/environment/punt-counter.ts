import type { Driver, DriverError } from "../../native/index.js";

export interface PuntCounter {
  available: boolean;
  /** Why it is not available, and the remedy; null when it is. */
  reason: string | null;
}

/** Opens the punt counter if this user may. */
export function openPuntCounter(driver: Driver): PuntCounter {
  try {
    driver.openPuntCounter();
    return { available: true, reason: null };
  } catch (error) {
    const { code, syscall } = error as DriverError;
    return { available: false, reason: missingCounter(code, syscall) };
  }
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
