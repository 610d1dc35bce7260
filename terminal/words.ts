import { formatPercent } from "./percent.js";

/** "12 %", "12 % to 35 %". */
export function percentRange(ratios: readonly number[]): string {
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map(formatPercent);
  return least === most ? `${least}` : `${least} to ${most}`;
}

/** "a", "a and b", "a, b and c". */
export function joined(words: readonly string[]): string {
  if (words.length <= 1) return words[0] ?? "";
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
