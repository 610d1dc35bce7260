import type { Durations } from "./observation.js";

/** Upper end of the bucket in which the quantile lies, in nanoseconds; null without a value. */
export function quantileNs(durations: Durations, share: number): number | null {
  if (durations.length <= 1) return durations[0]?.[0] ?? null;
  const total = durations.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [upToNs, count] of durations) {
    seen += count;
    if (seen >= share * total) return upToNs;
  }
  return null;
}
