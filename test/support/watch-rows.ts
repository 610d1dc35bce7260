import type { WatchRow } from "../../native/watch.js";
import { keysOf } from "../../native/watch-rows.js";

/** Nothing that one process did to one file. */
export function watchRow(changes: Partial<WatchRow>): WatchRow {
  const row = {
    ring: 1,
    inode: 7,
    major: 8,
    minor: 1,
    process: 4_000_000,
    opcode: 23,
    processName: "db",
    fileName: "",
    requests: 0,
    punts: 0,
    forced: 0,
    failed: 0,
    bytes: 0,
    drained: 0,
    chained: 0,
    inlineLatencies: [],
    puntedLatencies: [],
    ...changes,
  };
  return { ...row, ...keysOf(row) };
}
