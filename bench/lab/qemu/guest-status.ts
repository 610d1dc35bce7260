import { STATUS_PREFIX } from "../../environment/lab-guest.js";

/** What a guest reports. `uptimeS` is on the guest's clock. */
export type GuestStatus =
  | { kind: "step"; name: string; uptimeS: number }
  | { kind: "trials"; done: number; total: number }
  | { kind: "exit"; command: number; exitCode: number }
  | { kind: "fail"; reason: string }
  | { kind: "alive" }
  | { kind: "done" };

/** The forms of a report. A guest may send anything, so numbers are short and nothing else is taken. */
const REPORT =
  /^(?:step (?<step>.{1,40}) (?<uptimeS>\d{1,9}(?:\.\d+)?)|trials (?<done>\d{1,9}) (?<total>\d{1,9})|exit (?<command>\d{1,2}) (?<exitCode>\d{1,3})|fail (?<reason>.+)|(?<word>alive|done)(?: .*)?)$/;

/** Reads one line of the status port or of the console; null when it is no report. */
export function parseStatus(line: string): GuestStatus | null {
  const at = line.indexOf(STATUS_PREFIX);
  if (at < 0) return null;
  const found = REPORT.exec(line.slice(at + STATUS_PREFIX.length).trim())?.groups;
  if (!found) return null;
  const { step, uptimeS, done, total, command, exitCode, reason, word } = found;
  if (step !== undefined) return { kind: "step", name: step, uptimeS: Number(uptimeS) };
  if (done !== undefined) return { kind: "trials", done: Number(done), total: Number(total) };
  if (command !== undefined) {
    return { kind: "exit", command: Number(command), exitCode: Number(exitCode) };
  }
  if (reason !== undefined) return { kind: "fail", reason };
  return { kind: word as "alive" | "done" };
}
