import type { Recording } from "./recorder.js";

/** Every recorded event, a line each: time, thread, name, fields. */
export function rawLines({ events }: Recording): string[] {
  return events.map(({ timeNs, tid, name, fields }) => {
    const values = Object.entries(fields).map(
      ([field, value]) =>
        `${field}=${typeof value === "bigint" ? `0x${value.toString(16)}` : value}`,
    );
    return `${(timeNs / 1e9).toFixed(6)} ${tid} ${name} ${values.join(" ")}`;
  });
}
