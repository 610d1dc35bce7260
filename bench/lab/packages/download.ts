import { rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { UserError } from "../../../terminal/errors.js";
import { fileHash } from "../../../terminal/file-hash.js";
import { makeFolders } from "../../../terminal/make-folders.js";
import { formatBytes } from "../../../terminal/units.js";
import type { LabContext } from "../host/context.js";
import { run } from "../host/process.js";
import type { KernelPackage } from "./package-index.js";

const DOWNLOAD_TIMEOUT_MS = 20 * 60_000;
const PROGRESS_EVERY_MS = 500;

/**
 * Downloads one package file with apt's downloader, which resumes a partial file and checks the
 * SHA-256 from the signed index. A complete file in the cache is checked and used; that needs no network.
 */
export async function downloadPackage(
  { cache, progress, signal }: LabContext,
  file: KernelPackage,
): Promise<string> {
  const path = join(cache.downloads, decodeURIComponent(basename(file.uri)));
  makeFolders(cache.downloads);
  if (await isComplete(path, file)) return path;
  const watch = setInterval(() => {
    void sizeBytes(path).then((bytes) =>
      progress.step(
        `downloading ${file.name}: ${formatBytes(bytes)} of ${formatBytes(file.sizeBytes)}`,
      ),
    );
  }, PROGRESS_EVERY_MS);
  try {
    const { exitCode, stdout, stderr } = await run(
      "/usr/lib/apt/apt-helper",
      ["download-file", file.uri, path, `SHA256:${file.sha256}`],
      {
        env: { APT_CONFIG: join(cache.apt, "apt.conf") },
        timeoutMs: DOWNLOAD_TIMEOUT_MS,
        signal,
        package: "apt",
      },
    );
    if (exitCode !== 0) throw await downloadFailed(file, path, `${stdout}\n${stderr}`);
  } finally {
    clearInterval(watch);
  }
  if (!(await isComplete(path, file))) throw await downloadFailed(file, path, "Hash Sum mismatch");
  return path;
}

async function downloadFailed(file: KernelPackage, path: string, said: string): Promise<UserError> {
  if (/Hash Sum mismatch|unexpected size/i.test(said)) {
    // The file is not the signed one, so a later download must not resume it.
    await rm(path, { force: true });
    await rm(`${path}.FAILED`, { force: true });
    return new UserError(
      `${file.name} ${file.version}: the downloaded file is not the one that Debian signed`,
      "Refresh the index with `puntbench lab kernels --refresh`, or use another --mirror.",
    );
  }
  const errors = said.split("\n").filter((line) => /^(E:|Err:|\s{2})/.test(line));
  return new UserError(
    `${file.name} ${file.version}: download failed\n  ${errors.slice(0, 4).join("\n  ")}`,
    "Check the network and run the same command again: it resumes where it stopped.",
  );
}

async function isComplete(path: string, file: KernelPackage): Promise<boolean> {
  if ((await sizeBytes(path)) !== file.sizeBytes) return false;
  if ((await fileHash(path)) === file.sha256) return true;
  await rm(path, { force: true });
  return false;
}

async function sizeBytes(path: string): Promise<number> {
  return stat(path).then(
    (found) => found.size,
    () => 0,
  );
}
