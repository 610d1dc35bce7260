import type { Place } from "./place.js";

/** A whole bench in a fraction of a second: one trial of 16 writes for each preparation that is named. */
export function smallBench(place: Place, preparations = "fallocate-0", rounds = 1): string[] {
  return [
    "bench",
    ...["--dir", place.dir, "--out", place.out, "--kernel-label", "fault"],
    ...["--preparations", preparations, "--queue-depths", "4", "--arms", "inline"],
    ...["--file-size", "64k", "--rounds", String(rounds), "--seed", "1"],
  ];
}

/** The same writes, only traced. Static tracepoints exist on every kernel that has tracefs. */
export function smallExplain(place: Place): string[] {
  const [, ...options] = smallBench(place);
  return ["explain", ...options, "--trace-only", "--backend", "tracepoints"];
}
