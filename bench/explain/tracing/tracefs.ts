import type { Driver, DriverError } from "../../../native/index.js";
import { UserError } from "../../../terminal/errors.js";

/**
 * Path of the root of tracefs, through a descriptor, so that no mount becomes visible to other programs. Throws a
 * UserError where this process may not use it.
 */
export function openTracefs(driver: Driver): string {
  try {
    return `/proc/self/fd/${driver.openTracefs()}`;
  } catch (error) {
    const { code, syscall } = error as DriverError;
    throw new UserError(
      `tracefs cannot be opened (${syscall}: ${code}), so no punt can be explained`,
      "Run as root; `puntbench probe` asks the kernel without it.",
    );
  }
}
