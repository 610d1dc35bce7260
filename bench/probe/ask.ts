import type { Driver, DriverError, NowaitAnswers, Oracle } from "../../native/index.js";
import type { Preparation } from "../../results/vocabulary.js";
import { UserError } from "../../terminal/errors.js";
import type { ScratchDirectory } from "../environment/scratch.js";
import { combinedVerdict, type ProbeVerdict } from "./verdict.js";

/** At most so many attempts until the answers are clear: a short lock refuses a write that would go inline. */
const ATTEMPTS = 3;

/** null: the filesystem lacks the preparation. */
export function ask(
  driver: Driver,
  scratch: ScratchDirectory,
  preparation: Preparation,
  blockSizeBytes: number,
): Record<Oracle, NowaitAnswers> | null {
  const path = scratch.file(`probe-${preparation}`);
  try {
    for (let attempt = 1; ; attempt += 1) {
      const answers = driver.nowaitProbe({ path, preparation, blockSizeBytes });
      if (attempt === ATTEMPTS || combinedVerdict(answers) !== "unknown") return answers;
    }
  } catch (error) {
    const { code, syscall, message } = error as DriverError;
    if (code === "EOPNOTSUPP" && syscall === "fallocate") return null;
    throw new UserError(
      `the probe of ${preparation} failed: ${message}`,
      code === "ENOSPC" || code === "EDQUOT"
        ? "Free some space, or name another directory."
        : "See dmesg.",
    );
  }
}

/** The verdict on one preparation alone, as the bench asks for it. null: the filesystem lacks it. */
export function probePreparation(
  driver: Driver,
  scratch: ScratchDirectory,
  preparation: Preparation,
  blockSizeBytes: number,
): ProbeVerdict | null {
  const answers = ask(driver, scratch, preparation, blockSizeBytes);
  return answers === null ? null : combinedVerdict(answers);
}
