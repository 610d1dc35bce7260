import { dirname, join } from "node:path";
import { readNumber, readText } from "../environment/read.js";

const ROOT = "/sys/fs/cgroup";

export interface CgroupLimit {
  limit: number;
  used: number;
}

/**
 * The tightest limit of a controller ("memory", "pids") in this process's cgroup and those above it; null
 * without a limit, and on cgroup v1.
 */
export function cgroupLimit(controller: string): CgroupLimit | null {
  const own = /^0::(\/.*)$/m.exec(readText("/proc/self/cgroup") ?? "")?.[1];
  if (own === undefined) return null;
  const limits: CgroupLimit[] = [];
  for (let folder = join(ROOT, own); folder.startsWith(ROOT); folder = dirname(folder)) {
    const limit = readNumber(join(folder, `${controller}.max`));
    const used = readNumber(join(folder, `${controller}.current`));
    if (limit !== null && used !== null) limits.push({ limit, used });
  }
  return limits.sort((a, b) => a.limit - a.used - (b.limit - b.used))[0] ?? null;
}
