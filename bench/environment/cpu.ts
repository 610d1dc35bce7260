import { cpus } from "node:os";
import { readText } from "./read.js";

export interface Cpu {
  cpuModel: string | null;
  cpuCount: number;
  governor: string | null;
}

export function cpu(): Cpu {
  const all = cpus();
  return {
    cpuModel: all[0]?.model ?? null,
    cpuCount: all.length,
    governor: readText("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
  };
}
