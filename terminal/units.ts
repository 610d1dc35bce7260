import { UsageError } from "./errors.js";

const BINARY_UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** 4096 -> "4 KiB". At most one decimal. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < BINARY_UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${trimmed(value, 1)} ${BINARY_UNITS[unit]}`;
}

/** 1_250_000 -> "1.25 ms": three significant digits in the largest unit that keeps them above 1. */
export function formatNs(ns: number): string {
  if (ns < 1_000) return `${trimmed(ns, 0)} ns`;
  if (ns < 1_000_000) return `${significant(ns / 1_000)} µs`;
  if (ns < 1_000_000_000) return `${significant(ns / 1_000_000)} ms`;
  return `${significant(ns / 1_000_000_000)} s`;
}

/** 38123 -> "38.1k"; below 1000 as it is. */
export function formatRate(perSecond: number): string {
  if (perSecond < 1_000) return trimmed(perSecond, 0);
  if (perSecond < 1_000_000) return `${significant(perSecond / 1_000)}k`;
  return `${significant(perSecond / 1_000_000)}M`;
}

/** "64M", "64MiB", "4k", "512" -> bytes. Units are binary, as fio and dd read them. */
export function parseBytes(text: string, option: string): number {
  const match = /^(\d+)\s*(b|k|m|g|t)?(i?b)?$/i.exec(text.trim());
  if (!match) {
    throw new UsageError(`${option} ${text}: not a size`, "Write it like 4096, 4k, 16M or 1GiB.");
  }
  const exponent = "bkmgt".indexOf((match[2] ?? "b").toLowerCase());
  return Number(match[1]) * 1024 ** exponent;
}

const NS_PER_UNIT = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 } as const;

/** "10ms", "250us", "2s", "0" -> whole nanoseconds. */
export function parseDurationNs(text: string, option: string): number {
  if (/^0+$/.test(text.trim())) return 0;
  const match = /^(\d+(?:\.\d+)?)\s*(ns|us|µs|ms|s|m|h)$/i.exec(text.trim());
  if (!match) {
    throw new UsageError(
      `${option} ${text}: not a duration`,
      "Write it with its unit, like 250us, 10ms or 1s.",
    );
  }
  const unit = (match[2] as string).toLowerCase() as keyof typeof NS_PER_UNIT;
  return Math.round(Number(match[1]) * NS_PER_UNIT[unit]);
}

function significant(value: number): string {
  return value >= 100 ? trimmed(value, 0) : trimmed(value, value >= 10 ? 1 : 2);
}

function trimmed(value: number, decimals: number): string {
  return String(Number(value.toFixed(decimals)));
}
