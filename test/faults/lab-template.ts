import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { labCache } from "../../bench/lab/host/cache.js";
import { EXIT } from "../../terminal/errors.js";
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

let template: string | null = null;

/** The same with a system image, which is built once for a run. Returns the cache's folder. */
export async function fillCacheWithImage(place: Place): Promise<string> {
  fillCache(place);
  const root = join(place.cache, "puntbench");
  if (template === null) {
    const built = await place.run(smallLab(place, "--dry-run"));
    if (built.code !== EXIT.ok) throw new Error(`no system image: ${built.stderr}`);
    const kept = mkdtempSync(join(dirname(place.root), "image-"));
    process.on("exit", () => rmSync(kept, { recursive: true, force: true }));
    execFileSync("cp", ["-al", join(root, "payloads"), kept]);
    template = join(kept, "payloads");
  } else execFileSync("cp", ["-al", template, root]);
  return root;
}
