import { UserError } from "../../terminal/errors.js";
import { formatBytes } from "../../terminal/units.js";
import type { Survey } from "./survey.js";

/** Each has a thread, and a ring of 4,096 entries in the kernel. */
const RINGS_MAX = 1024;
/** Each has a descriptor, and is registered with every ring. */
const FILES_MAX = 32_768;
/** Of the rings' buffers, which the kernel pins. */
const BUFFERS_BYTES_MAX = 1 << 30;

/**
 * Throws a UserError for a recording whose replay would take too much of the machine: a hostile one, or one of --all.
 * `descriptors`: files, counted once for all flags with which they are open.
 */
export function checkLimits({ longestBytes, files }: Survey, descriptors = files.size): void {
  refuse("rings", longestBytes.size, RINGS_MAX);
  refuse("files", descriptors, FILES_MAX);
  const bytes = [...longestBytes.values()].reduce((sum, longest) => sum + longest, 0);
  if (bytes <= BUFFERS_BYTES_MAX) return;
  throw new UserError(
    `the requests of the recording need buffers of ${formatBytes(bytes)}, and ${formatBytes(BUFFERS_BYTES_MAX)} may be used`,
    "Record fewer programs at a time.",
  );
}

function refuse(what: string, count: number, most: number): void {
  if (count <= most) return;
  throw new UserError(
    `the recording has requests of ${count} ${what}, and at most ${most} can be replayed`,
    "Record fewer programs at a time.",
  );
}
