import { createHash } from "node:crypto";

/** Folder names may have 255 bytes. */
const ENCODED_MAX = 200;

/**
 * The folder of a partition, as Hive names them: `kernel=6.1`. Whatever is no letter, digit, `.`, `_` or `-` becomes
 * `%2F`, so that no label is a path. A long label is cut and keeps a hash; the column `kernel_label` has all of it.
 */
export function partitionName(kernelLabel: string): string {
  const bytes = [...Buffer.from(kernelLabel, "utf8")];
  const encoded = bytes.map((byte) => {
    const character = String.fromCharCode(byte);
    return /[\w.-]/.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  });
  const whole = encoded.join("");
  if (whole.length <= ENCODED_MAX) return `kernel=${whole}`;
  const hash = createHash("sha256").update(kernelLabel).digest("hex").slice(0, 16);
  return `kernel=${encoded.slice(0, ENCODED_MAX / 3 - 20).join("")}-${hash}`;
}
