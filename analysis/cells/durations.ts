import type { Durations } from "../../results/observation.js";

/** Upper end of the bucket in which the quantile lies, in nanoseconds; null without a value. */
export function quantileOf(durations: Durations, share: number): number | null {
  const total = durations.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [upTo, count] of durations) {
    seen += count;
    if (seen >= share * total) return upTo;
  }
  return null;
}
