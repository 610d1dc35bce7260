import { readdirSync } from "node:fs";
import { readText } from "../environment/read.js";
import type { Facts } from "./facts.js";

/** Who else has io-wq workers, and whether ext4lazyinit runs, as far as this user may see. */
export function neighbours(): Facts["neighbours"] {
  const pids = names("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const found: Facts["neighbours"] = { ioWqUsers: [], lazyInit: false };
  for (const pid of pids) {
    const name = readText(`/proc/${pid}/comm`);
    if (name === "ext4lazyinit") found.lazyInit = true;
    const threads = names(`/proc/${pid}/task`).filter((thread) => thread !== pid);
    const workers = threads.filter((thread) =>
      readText(`/proc/${pid}/task/${thread}/comm`)?.startsWith("iou-wrk-"),
    ).length;
    if (workers > 0) found.ioWqUsers.push({ pid: Number(pid), name: name ?? "?", workers });
  }
  return found;
}

/** Entries of a /proc folder; none when its process is gone. */
function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
