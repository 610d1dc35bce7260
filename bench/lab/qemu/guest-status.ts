import { STATUS_PREFIX } from "../../environment/lab-guest.js";

/** What a guest reports. `uptimeS` is on the guest's clock. */
export type GuestStatus =
  | { kind: "step"; name: string; uptimeS: number }
  | { kind: "trials"; done: number; total: number }
  | { kind: "exit"; command: number; exitCode: number }
  | { kind: "fail"; reason: string }
  | { kind: "alive" }
  | { kind: "done" };

/** Reads one line of the status port or of the console; null when it is no report. */
export function parseStatus(line: string): GuestStatus | null {
  const at = line.indexOf(STATUS_PREFIX);
  if (at < 0) return null;
  const text = line.slice(at + STATUS_PREFIX.length).trim();
  const [word = "", ...rest] = text.split(" ");
  if (word === "step") {
    return { kind: "step", name: rest.slice(0, -1).join(" "), uptimeS: Number(rest.at(-1)) };
  }
  if (word === "trials") {
    return { kind: "trials", done: Number(rest[0]), total: Number(rest[1]) };
  }
  if (word === "exit") return { kind: "exit", command: Number(rest[0]), exitCode: Number(rest[1]) };
  if (word === "fail") return { kind: "fail", reason: rest.join(" ") };
  if (word === "done") return { kind: "done" };
  return word === "alive" ? { kind: "alive" } : null;
}
