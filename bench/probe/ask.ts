import type { Driver, DriverError, NowaitAnswers, Oracle } from "../../native/index.js";
import type { Preparation } from "../../results/vocabulary.js";
import { UserError } from "../../terminal/errors.js";
import type { ScratchDirectory } from "../environment/scratch.js";
import { combinedVerdict, type Verdict } from "./verdict.js";

/** Attempts until the answers make sense: a lock held for a moment refuses a write that would go inline. */
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
    let answers = driver.nowaitProbe({ path, preparation, blockSizeBytes });
    for (
      let attempt = 1;
      attempt < ATTEMPTS && combinedVerdict(answers) === "unknown";
      attempt += 1
    ) {
      answers = driver.nowaitProbe({ path, preparation, blockSizeBytes });
    }
    return answers;
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
): Verdict | null {
  const answers = ask(driver, scratch, preparation, blockSizeBytes);
  return answers === null ? null : combinedVerdict(answers);
}
