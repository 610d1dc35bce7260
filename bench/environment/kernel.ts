import { readFileSync } from "node:fs";
import { release } from "node:os";
import { gunzipSync } from "node:zlib";
import { readText } from "./read.js";

/** Options that influence whether writes punt, whether punts can be counted, and what CPU figures mean. */
const OPTIONS = [
  "CONFIG_HZ",
  "CONFIG_PREEMPT",
  "CONFIG_PREEMPT_DYNAMIC",
  "CONFIG_NO_HZ_FULL",
  "CONFIG_VIRT_CPU_ACCOUNTING_GEN",
  "CONFIG_SCHEDSTATS",
  "CONFIG_KPROBES",
  "CONFIG_DEBUG_INFO_BTF",
  "CONFIG_IO_URING",
] as const;

/** Selected options of the running kernel; "not set" where the config says so, null where it is unreadable. */
export function kernelConfig(): Record<string, string | null> {
  const text = configText();
  return Object.fromEntries(OPTIONS.map((option) => [option, configValue(option, text)]));
}

function configText(): string | null {
  try {
    return gunzipSync(readFileSync("/proc/config.gz")).toString();
  } catch {
    return readText(`/boot/config-${release()}`);
  }
}

function configValue(option: string, text: string | null): string | null {
  if (text === null) return null;
  return new RegExp(`^${option}=(.*)$`, "m").exec(text)?.[1] ?? "not set";
}
