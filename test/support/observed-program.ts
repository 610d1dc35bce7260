import assert from "node:assert/strict";
import type { WatchRow } from "../../native/watch.js";
import { countedIndependently, type IndependentCounts } from "./independent-counts.js";
import { tryToWatch } from "./watching.js";

/** This process sends them until bpftrace has attached its probes. */
const NOP = 0;

/**
 * Runs a program, and compares what the watch counted of the processes that it names with what bpftrace counted.
 * `run` ends with the ids of those processes; none of them may send a request after that. Returns their rows.
 */
export async function assertSameCounts(run: () => Promise<number[]>): Promise<WatchRow[]> {
  const { watch, skip } = tryToWatch({ everything: true });
  assert.ok(watch, String(skip));
  try {
    const [ids, independent] = await countedIndependently(run);
    const processes = new Set(ids);
    const rows = watch.take().filter((row) => processes.has(row.process) && row.opcode !== NOP);
    assert.deepEqual(countsOf(rows), onlyOf(independent, processes));
    const { requests, punts, events } = watch.lost();
    assert.deepEqual({ requests, punts, events }, { requests: 0, punts: 0, events: 0 });
    return rows;
  } finally {
    watch.close();
  }
}

function countsOf(rows: readonly WatchRow[]): IndependentCounts {
  const counts: IndependentCounts = { requests: {}, punts: {}, forced: {} };
  const add = (to: Record<string, number>, key: string, count: number) => {
    if (count > 0) to[key] = (to[key] ?? 0) + count;
  };
  for (const { process, opcode, inode, requests, punts, forced, drained } of rows) {
    add(counts.requests, `${process},${opcode},${inode}`, requests);
    add(counts.punts, `${process},${opcode},${inode}`, punts);
    add(counts.forced, `${process},${opcode}`, forced + drained);
  }
  return counts;
}

function onlyOf(counts: IndependentCounts, processes: ReadonlySet<number>): IndependentCounts {
  const only = (map: Record<string, number>) =>
    Object.fromEntries(
      Object.entries(map).filter(([key]) => {
        const [process, opcode] = key.split(",").map(Number) as [number, number];
        return processes.has(process) && opcode !== NOP;
      }),
    );
  return {
    requests: only(counts.requests),
    punts: only(counts.punts),
    forced: only(counts.forced),
  };
}
