import { release } from "node:os";
import { LABEL_CHARACTERS_MAX } from "../../results/vocabulary.js";
import { UsageError } from "../../terminal/errors.js";
import { hasUnseen, visible } from "../../terminal/quote.js";

/** The name that charts group by; without one, the running kernel's. Throws a UsageError. */
export function parseKernelLabel(kernelLabel = release()): string {
  if (kernelLabel.trim() === "") {
    throw new UsageError("--kernel-label is empty", "Name the kernel, for example 6.12.");
  }
  if (hasUnseen(kernelLabel)) {
    throw new UsageError(
      `--kernel-label ${visible(kernelLabel)} holds a control character`,
      "Use only characters that can be seen, for example 6.12.",
    );
  }
  if (kernelLabel.length > LABEL_CHARACTERS_MAX) {
    throw new UsageError(
      `--kernel-label has ${kernelLabel.length} characters`,
      `Use at most ${LABEL_CHARACTERS_MAX}.`,
    );
  }
  return kernelLabel;
}
