import { UsageError } from "./errors.js";

/** `a, b,a` -> `a`, `b`. */
export function list(text: string, option: string): string[] {
  const parts = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  if (parts.length === 0) throw new UsageError(`${option} is empty`, "Give at least one value.");
  return [...new Set(parts)];
}

/** One of the known words. */
export function word<T extends string>(text: string, known: readonly T[], option: string): T {
  const found = known.find((candidate) => candidate === text);
  if (found === undefined) {
    throw new UsageError(`${option}: unknown value '${text}'`, `Known: ${known.join(", ")}.`);
  }
  return found;
}

/** Several of the known words, separated by commas. */
export function words<T extends string>(text: string, known: readonly T[], option: string): T[] {
  return list(text, option).map((part) => word(part, known, option));
}

/** A whole number within limits. */
export function integer(text: string, option: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(
    `${option} ${text}: not a whole number from ${least} to ${most}`,
    `Choose ${least} to ${most}.`,
  );
}
