import { plural } from "../../terminal/plural.js";
import { formatBytes, formatNs } from "../../terminal/units.js";
import type { RecordOptions } from "./options.js";

/** What a recording holds. */
export interface Summary {
  durationNs: number;
  requests: number;
  /** Of `requests`: handed to io-wq after a refused attempt. */
  punts: number;
  /** System calls that changed files. */
  calls: number;
  rings: number;
  files: number;
  bytes: number;
  lost: { events: number; unmatched: number };
}

export function printSummary(summary: Summary, { output, json }: RecordOptions): void {
  console.log(json ? JSON.stringify({ output, ...summary }) : words(summary, output));
}

function words(summary: Summary, output: string): string {
  const { requests, punts, calls, rings, files, bytes, lost } = summary;
  const each = requests === 0 ? "" : ` (${(bytes / requests).toFixed(1)} bytes for each request)`;
  const lines = [
    `${output}: ${formatNs(summary.durationNs)}, ${plural(requests, "request")} of ${plural(rings, "ring")} to ${plural(files, "file")}, ${punts} punted; ` +
      `${plural(calls, "system call")} that changed files; ${formatBytes(bytes)}${each}`,
  ];
  if (requests === 0)
    lines.push("No request was seen. Does the program use io_uring? See: puntbench watch --all");
  if (lost.events > 0) {
    lines.push(
      `LOST: ${lost.events} events found no room, so requests are missing. Give more: --buffer`,
    );
  }
  return lines.join("\n");
}
