/**
 * Which of many findings to keep when they are judged together: of those kept, at most the share `rate` is
 * expected to be false (Y. Benjamini, Y. Hochberg, Journal of the Royal Statistical
 * Society B 57, 1995). Without it, a hundred comparisons of a kernel with itself would report five.
 *
 * @returns for each p-value, whether its finding is kept.
 */
export function benjaminiHochberg(pValues: readonly number[], rate: number): boolean[] {
  const sorted = [...pValues].sort((a, b) => a - b);
  let limit = Number.NEGATIVE_INFINITY;
  for (const [index, p] of sorted.entries()) {
    if (p <= ((index + 1) / sorted.length) * rate) limit = p;
  }
  return pValues.map((p) => p <= limit);
}
