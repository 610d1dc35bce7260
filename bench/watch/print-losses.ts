import type { Report } from "./report.js";

/** What the counts leave out, one line for each reason. */
export function lossLines({ lost, dropped }: Pick<Report, "lost" | "dropped">): string[] {
  const { requests, punts, latencies, unmatched, stalls, events } = lost;
  const reasons: [number, string][] = [
    [requests, "requests were not counted: too many files"],
    [punts, "punts are counted as inline requests: too many were under way"],
    [
      unmatched,
      "completions are not counted: this kernel does not say to which request they belong",
    ],
    [stalls, "times that a submitter was blocked are not counted: too many processes or threads"],
    [events, "events were missed by the kernel: counts may be too low"],
    [
      dropped.requests,
      `requests are not in the sums of the whole time: they belong to ${dropped.rows} rows that were not used for longest`,
    ],
    [latencies, "latencies were not measured: too many requests were under way"],
  ];
  return reasons.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`);
}
