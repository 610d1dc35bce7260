import { visible } from "../../terminal/quote.js";
import { formatNs } from "../../terminal/units.js";
import { LONG_STALL_NS, type ProcessStalls } from "./stalls.js";

const MOST_PROCESSES = 3;

/** How often the submitters of the worst processes were blocked. One line for each. */
export function stallLines(stalls: readonly ProcessStalls[] | null, seconds: number): string[] {
  if (stalls === null)
    return ["submitter blocked: unknown, because this needs Linux 5.15 or newer"];
  const limit = formatNs(LONG_STALL_NS);
  const long = stalls.filter(({ maxNs }) => maxNs > LONG_STALL_NS);
  const longest = stalls[0]?.maxNs;
  if (long.length === 0) {
    const most = longest === undefined ? "" : ` (max ${formatNs(longest)})`;
    return [`submitter blocked > ${limit}: never${most}`];
  }
  return long.slice(0, MOST_PROCESSES).map(({ process, processName, long: times, maxNs }) => {
    const name = `${visible(processName ?? "ended")} (${process})`;
    const rate = (times / seconds).toFixed(times < 10 * seconds ? 1 : 0);
    return `${name}: submitter blocked > ${limit}: ${rate}/s (max ${formatNs(maxNs)})`;
  });
}
