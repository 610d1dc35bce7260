import { runOrFail } from "../host/process.js";

const ARCHIVE_TIMEOUT_MS = 60_000;

/**
 * Writes `paths` of `folder`, and the folders on the way to them, as an archive that the kernel
 * unpacks as its first root: cpio's `newc` format. Symbolic links are followed.
 */
export async function writeArchive(
  busybox: string,
  folder: string,
  paths: readonly string[],
  archive: string,
): Promise<void> {
  const args = ["cpio", "-o", "-H", "newc", "-L", "-R", "0:0", "-F", archive];
  await runOrFail(busybox, args, {
    cwd: folder,
    input: `${[...withParents(paths)].join("\n")}\n`,
    timeoutMs: ARCHIVE_TIMEOUT_MS,
    package: "busybox-static",
    doing: `writing ${archive}`,
    remedy: "The cache's disk may be full: `puntbench lab clean` frees it.",
  });
}

/** Adds the folders that files lie in, each before what it holds. */
function withParents(paths: readonly string[]): Set<string> {
  const all = new Set<string>();
  for (const path of paths) {
    const segments = path.split("/");
    for (const index of segments.keys()) all.add(segments.slice(0, index + 1).join("/"));
  }
  return all;
}
