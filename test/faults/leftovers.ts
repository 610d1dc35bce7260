import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadDriver } from "../../native/index.js";
import type { Place } from "./place.js";

let tracefs: string | null | undefined;

/** Null where this machine does not let us open it: then no case can leave anything in it either. */
function openedTracefs(): string | null {
  if (tracefs === undefined) {
    try {
      tracefs = `/proc/self/fd/${loadDriver().openTracefs()}`;
    } catch {
      tracefs = null;
    }
  }
  return tracefs;
}

/** Trace buffers of puntbench in tracefs on this machine: it makes none. Some tests make one, named after their process. */
export function tracefsLeftovers(): string[] {
  const root = openedTracefs();
  if (root === null) return [];
  return namesIn(join(root, "instances"))
    .filter((name) => name.startsWith("puntbench"))
    .filter((name) => !ownerRuns(name));
}

/** A case's processes have ended when this is asked, so a process that runs is of somebody else. */
function ownerRuns(name: string): boolean {
  const pid = /-(\d+)$/.exec(name)?.[1];
  return pid !== undefined && existsSync(`/proc/${pid}`);
}

/** The lab's cache may keep what it fetched and built, but no session's folder and nothing half made. */
function cacheLeftovers(cache: string): string[] {
  const root = join(cache, "puntbench");
  const names = namesIn(root).flatMap((name) => [
    name,
    ...namesIn(join(root, name)).map((below) => `${name}/${below}`),
  ]);
  return names
    .filter((name) => /^runs\/|(^|\/)\.making-/.test(name))
    .map((name) => `cache: ${name}`);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Whatever a case has left in scratch, temporary folder, tracefs, BPF, mounts and cache. `before` was there already. */
export function leftoversOf(place: Place, before: readonly string[]): string[] {
  const mounts = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .filter((line) => place.mounted === null || line.split(" ")[4] !== place.dir);
  const pinned = existsSync("/sys/fs/bpf") ? namesIn("/sys/fs/bpf") : [];
  return [
    ...readdirSync(place.dir).map((name) => `dir: ${name}`),
    ...readdirSync(place.temporary).map((name) => `temporary: ${name}`),
    ...tracefsLeftovers()
      .filter((name) => !before.includes(name))
      .map((name) => `tracefs: ${name}`),
    ...pinned.filter((name) => name.includes("puntbench")).map((name) => `bpf: ${name}`),
    ...mounts.filter((line) => line.includes(place.root)).map((line) => `mount: ${line}`),
    ...cacheLeftovers(place.cache),
  ];
}
