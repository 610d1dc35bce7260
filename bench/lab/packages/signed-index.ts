import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../../terminal/errors.js";
import type { LabContext } from "../host/context.js";
import { run, runOrFail } from "../host/process.js";
import { type KernelPackage, parsePackages } from "./package-index.js";
import {
  APT_HELPER,
  DEBIAN_KEYRING,
  type IndexTarget,
  indexTargets,
  privateApt,
} from "./private-apt.js";

const VERIFY_TIMEOUT_MS = 60_000;
const DECOMPRESS_TIMEOUT_MS = 120_000;
const REMEDY =
  "Fetch the indexes anew: `puntbench lab kernels --refresh`. If this stays, use another --mirror.";

/**
 * The kernel packages of one index, bound to Debian's signature now, not only when apt fetched it: gpgv checks the
 * signature of the suite's release file, which holds the hash of the index. Throws a UserError where one link is broken.
 */
export async function signedPackages(
  target: IndexTarget,
  keyring: string = DEBIAN_KEYRING,
  signal?: AbortSignal,
): Promise<KernelPackage[]> {
  const release = await signedText(releasePath(target), keyring, signal);
  const { stdoutBytes, stdout } = await runOrFail(APT_HELPER, ["cat-file", target.path], {
    timeoutMs: DECOMPRESS_TIMEOUT_MS,
    signal,
    package: "apt",
    doing: `reading the index of ${target.suite}`,
    remedy: REMEDY,
  });
  const found = createHash("sha256").update(stdoutBytes).digest("hex");
  if (found !== signedHash(release, target.metaKey)) {
    throw new UserError(`${target.path} is not the index that Debian signed`, REMEDY);
  }
  return parsePackages(stdout, target);
}

/** Throws a UserError unless the signed indexes in the cache name each of these files, with this address and hash. */
export async function confirmSigned(
  { cache, signal }: LabContext,
  packages: readonly KernelPackage[],
): Promise<void> {
  const targets = await indexTargets(privateApt(cache.apt), signal);
  for (const file of packages) {
    const target = targets.find(
      ({ suite, baseUri }) => suite === file.suite && file.uri.startsWith(baseUri),
    );
    const signed = target ? await signedPackages(target, DEBIAN_KEYRING, signal) : [];
    const same = signed.some(
      (one) => one.name === file.name && one.uri === file.uri && one.sha256 === file.sha256,
    );
    if (!same) {
      throw new UserError(
        `${file.name} ${file.version}: Debian's signed index does not name this file`,
        REMEDY,
      );
    }
  }
}

/** apt names files by their address: `..._dists_SUITE_main_binary-amd64_Packages.lz4`, `..._dists_SUITE_InRelease`. */
function releasePath({ path, metaKey }: IndexTarget): string {
  const end = path.lastIndexOf(metaKey.replaceAll("/", "_"));
  return `${path.slice(0, end)}InRelease`;
}

/** The part of a file that Debian signed, and nothing else of it. One good signature is enough, as for apt. */
async function signedText(path: string, keyring: string, signal?: AbortSignal): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "puntbench-gpgv-"));
  try {
    const output = join(folder, "signed");
    const args = ["--keyring", keyring, "--status-fd", "1", "--output", output, path];
    const options = { timeoutMs: VERIFY_TIMEOUT_MS, signal, package: "gpgv" };
    const { stdout } = await run("gpgv", args, options);
    const bad = /^\[GNUPG:\] BADSIG /m.test(stdout);
    if (bad || !/^\[GNUPG:\] VALIDSIG /m.test(stdout)) {
      throw new UserError(`${path} has no good signature of Debian's keys`, REMEDY);
    }
    return await readFile(output, "utf8");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The SHA-256 that a release file states for an index; null when it states none. */
function signedHash(release: string, metaKey: string): string | null {
  const section = /^SHA256:\n((?: .*\n?)+)/m.exec(release)?.[1] ?? "";
  const lines = section.split("\n").map((line) => line.trim().split(/\s+/));
  return lines.find(([, , name]) => name === metaKey)?.[0] ?? null;
}
