/** 0.0234 -> "2.3 %"; a ratio just above 0 or just below 1 is never shown as 0 % or 100 %. */
export function formatPercent(ratio: number): string {
  const percent = ratio * 100;
  if (percent === 0) return "0 %";
  if (percent < 0.1) return "<0.1 %";
  if (percent > 99.9 && percent < 100) return ">99.9 %";
  return `${Number(percent.toFixed(percent < 10 || percent > 99 ? 1 : 0))} %`;
}
