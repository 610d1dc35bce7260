import type { AtlasCell } from "./schema.js";

/** The plain writes: overwrites of written blocks, one at a time. */
const PLAIN = "dd-prefill";
/** Overwrites and first writes inside the size, by one ring or several. */
const LIKE_PLAIN = /^(dd-prefill|fallocate-0) inline /;
const OTHER_REQUESTS =
  / (read|\d+ % reads|fsync|fallocate|openat|statx|buffered|uncached|drained)( |$)/;

/**
 * Some requests cannot be traced: those of several rings, of SQPOLL, and writes with a request linked behind them. Where the plain
 * writes of the same boot punt on clock ticks and for nothing else, such writes do too. Their cause then says that it was not
 * seen. Cells whose punts have a cause stay as they are.
 */
export function withInferredTicks(cells: readonly AtlasCell[]): AtlasCell[] {
  const plain = cells.find(({ scenario }) => scenario === PLAIN);
  const ticks = plain?.causes.find(({ cause }) => cause === "timestamp");
  if (!ticks || plain?.causes.some(({ cause }) => cause !== "timestamp")) return [...cells];
  const evidence = `not traced; on this kernel plain overwrites punt so (${PLAIN})`;
  return cells.map((cell) => {
    const punts = unexplained(cell);
    if (punts === 0 || !LIKE_PLAIN.test(cell.key) || OTHER_REQUESTS.test(cell.key)) return cell;
    const others = cell.causes.filter(({ cause }) => cause !== "unknown");
    return { ...cell, causes: [{ ...ticks, punts, evidence }, ...others] };
  });
}

/** Punts without a cause, in a cell that has no other cause than fsyncs. */
function unexplained({ traced, counted, causes }: AtlasCell): number {
  if (traced === null) return causes.length === 0 ? (counted?.punts ?? 0) : 0;
  const seen = causes.filter(({ cause }) => cause !== "blocking-operation");
  return seen.every(({ cause }) => cause === "unknown")
    ? seen.reduce((sum, { punts }) => sum + punts, 0)
    : 0;
}
