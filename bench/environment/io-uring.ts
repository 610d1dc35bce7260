import type { DriverError } from "../../native/index.js";
import { UserError } from "../../terminal/errors.js";
import { readNumber } from "./read.js";

/**
 * kernel.io_uring_disabled (Linux 6.6): 0 allows all, 1 only privileged users and its group, 2 nobody. null
 * where the kernel has no such sysctl.
 */
export function ioUringDisabled(): number | null {
  return readNumber("/proc/sys/kernel/io_uring_disabled");
}

/** Why a ring cannot be made, and what to do. */
export function ringRefused(error: DriverError): UserError {
  const disabled = ioUringDisabled();
  if (disabled !== null && disabled > 0) {
    return new UserError(
      `io_uring is disabled on this system: kernel.io_uring_disabled = ${disabled}`,
      disabled === 1
        ? "Run as root or as a member of kernel.io_uring_group, or: sysctl kernel.io_uring_disabled=0"
        : "Allow it with: sysctl kernel.io_uring_disabled=0",
    );
  }
  if (error.code === "ENOMEM") {
    return new UserError(
      "io_uring cannot lock the memory of its ring (RLIMIT_MEMLOCK)",
      "Raise the limit with ulimit -l unlimited, or run as root.",
    );
  }
  return new UserError(
    `io_uring is not available: ${error.message}`,
    error.code === "ENOSYS"
      ? "This kernel has no io_uring; 5.10 or newer is needed."
      : "A container's seccomp profile may forbid it: allow io_uring_setup, io_uring_enter and io_uring_register.",
  );
}
