import type { Header } from "../../results/schema.js";
import { UsageError } from "../../terminal/errors.js";
import { ASPECTS } from "../comparison/environments.js";

/** What hosts are put together by. */
export type GroupKey = (header: Header) => string;

/** "kernel" is the label, not the release, so that the user's names count. */
const KEYS: ReadonlyMap<string, GroupKey> = new Map<string, GroupKey>([
  ...ASPECTS.map(([what, read]) => [what.toLowerCase().replaceAll(" ", "-"), read] as const),
  ["kernel", ({ kernelLabel }) => kernelLabel],
]);

export const GROUP_KEYS: readonly string[] = [...KEYS.keys()].filter((key) => key !== "puntbench");

/** "kernel,device" -> a key that joins both. */
export function parseGroupBy(text: string): GroupKey {
  const reads = text.split(",").map((part) => {
    const read = KEYS.get(part.trim().toLowerCase());
    if (!read) {
      throw new UsageError(
        `--group-by ${part}: not known`,
        `Choose from ${GROUP_KEYS.join(", ")}.`,
      );
    }
    return read;
  });
  return (header) => reads.map((read) => read(header)).join(", ");
}
