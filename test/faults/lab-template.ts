import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { labCache } from "../../bench/lab/host/cache.js";
import type { Place } from "./place.js";

/** Series that cases may boot; the first that is in the user's cache is taken. */
const SERIES = ["6.1", "6.12", "5.10"];
const user = labCache();

interface Cached {
  series: string;
  folder: string;
}

function cachedKernel(): Cached | null {
  if (!existsSync(user.kernels) || !existsSync(user.packageIndex)) return null;
  const folders = readdirSync(user.kernels);
  for (const series of SERIES) {
    const folder = folders.find((name) => name.startsWith(`${series}.`));
    if (folder !== undefined) return { series, folder };
  }
  return null;
}

const kernel = cachedKernel();

export function cannotRunLab(): string | null {
  return kernel === null
    ? `no kernel of ${SERIES.join(", ")} in ${user.root}: run the lab once`
    : null;
}

/**
 * Gives the case a cache with one kernel and the package indexes: links to the files of the user's cache, which the lab
 * never changes in place. The case fetches nothing, and with `images` builds nothing that the user's cache has.
 */
export function fillCache(place: Place, images = false): void {
  const root = join(place.cache, "puntbench");
  mkdirSync(join(root, "kernels"), { recursive: true, mode: 0o700 });
  execFileSync("cp", ["-al", user.packageIndex, user.apt, root]);
  execFileSync("cp", ["-al", join(user.kernels, kernel?.folder ?? ""), join(root, "kernels")]);
  // A lock on a link would be a lock on the user's kernel.
  rmSync(join(root, "kernels", kernel?.folder ?? "", "lock"), { force: true });
  if (images && existsSync(user.payloads)) execFileSync("cp", ["-al", user.payloads, root]);
}

/** Removes the kernel from the case's cache, and what killed labs have left there. */
export function cleanLab(): string[] {
  return ["lab", "clean", kernel?.series ?? ""];
}

/** One guest, emulated, with one short trial. */
export function smallLab(place: Place, ...more: readonly string[]): string[] {
  return [
    ...["lab", "--kernels", kernel?.series ?? "", "--accelerator", "tcg", "--out", place.out],
    ...["--disk", "320M", "--cpus", "1", "--preparations", "fallocate-0", "--queue-depths", "1"],
    ...["--file-size", "64k", "--rounds", "1", ...more],
  ];
}
