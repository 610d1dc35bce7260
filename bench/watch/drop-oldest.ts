/** Bounds what is remembered over a long watch: what was put in first goes first. */
export function dropOldest(from: Map<unknown, unknown> | Set<unknown>, most: number): void {
  for (const key of from.keys()) {
    if (from.size <= most) return;
    from.delete(key);
  }
}
