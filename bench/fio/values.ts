import type { Operation } from "../../results/vocabulary.js";

/** fio's suffixes, with its default kb_base=1024. It reads "kib" as 1000 there, which surprises: not accepted. */
const EXPONENTS: Readonly<Record<string, number>> = { "": 0, k: 1, m: 2, g: 3, t: 4, p: 5 };

/** "4k", "16M", "1g", "4096" -> bytes; null for what is no plain size (percentages, expressions, other suffixes). */
export function fioBytes(text: string): number | null {
  const [, digits, suffix] = /^(\d+)([kmgtp]?)b?$/i.exec(text) ?? [];
  if (digits === undefined || suffix === undefined) return null;
  return Number(digits) * 1024 ** (EXPONENTS[suffix.toLowerCase()] as number);
}

const NS = { d: 86400e9, h: 3600e9, m: 60e9, s: 1e9, ms: 1e6, us: 1e3 } as const;
export type TimeUnit = keyof typeof NS;

/**
 * @param unit where none is given: seconds for `runtime` and `ramp_time`, microseconds for `thinktime`.
 * @returns null for what is no time.
 */
export function fioTimeNs(text: string, unit: TimeUnit): number | null {
  const [, digits, given] = /^(\d+)(d|h|m|s|ms|us)?$/i.exec(text) ?? [];
  if (digits === undefined) return null;
  return Number(digits) * NS[(given?.toLowerCase() as TimeUnit | undefined) ?? unit];
}

/**
 * Of "read,write,trim" the value for the operation, which is a write where none is named. What stands first is also for writes
 * without a value of their own. null: the operation is both, and reads and writes differ.
 */
export function valueFor(operation: Operation | undefined, text: string): string | null {
  const [reads = "", second = ""] = text.split(",").map((part) => part.trim());
  const writes = second === "" ? reads : second;
  if (operation === "readwrite" && reads !== writes) return null;
  return operation === "read" ? reads : writes;
}
