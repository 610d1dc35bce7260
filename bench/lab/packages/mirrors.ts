import { readFile } from "node:fs/promises";
import { UserError } from "../../../terminal/errors.js";
import { findProgram } from "../../../terminal/find-program.js";
import { run } from "../host/process.js";

/** The archive and the security archive of Debian; `security` is null when none is known. */
export interface Mirrors {
  archive: string;
  security: string | null;
}

const APT_TIMEOUT_MS = 60_000;

const DEBIAN_SUITE =
  /^(bullseye|bookworm|trixie|forky|sid|stable|oldstable|oldoldstable|testing|unstable)([-/].*)?$/;

/** Debian's mirrors in the host's apt configuration; a UserError when it names none. */
export async function hostMirrors(signal?: AbortSignal): Promise<Mirrors> {
  if (findProgram("apt-get") === null) {
    throw new UserError(
      "this machine has no apt, with which the lab fetches and verifies Debian's kernels",
      "Install apt and debian-archive-keyring, or boot a kernel of your own with --kernel-image.",
    );
  }
  const format = "$(RELEASE) $(REPO_URI)";
  const { stdout } = await run(
    "apt-get",
    ["indextargets", "--no-release-info", "--format", format, "Identifier: Packages"],
    { timeoutMs: APT_TIMEOUT_MS, signal, package: "apt" },
  );
  const mirrors = mirrorsAmong(stdout);
  if (!mirrors) {
    throw new UserError(
      "this machine's apt configuration names no Debian mirror",
      "Name one: --mirror URL, as in `deb URL bookworm main`.",
    );
  }
  return { ...mirrors, archive: await firstOfMirrorList(mirrors.archive) };
}

/** Debian's mirrors among lines `SUITE URI`; null when there is none, as on Ubuntu. */
export function mirrorsAmong(sources: string): Mirrors | null {
  const debian = sources
    .split("\n")
    .map((line) => line.trim().split(" "))
    .filter(([suite = ""]) => DEBIAN_SUITE.test(suite));
  const isSecurity = ([suite = ""]: string[]) => /-security$|\/updates$/.test(suite);
  const archive = debian.find((source) => !isSecurity(source))?.[1];
  if (archive === undefined) return null;
  const security = debian.find(isSecurity)?.[1] ?? mirrorsAt(archive).security;
  return { archive, security };
}

/** A mirror given by its archive. Debian's mirrors have security updates in the folder beside it. */
export function mirrorsAt(archive: string): Mirrors {
  const trimmed = archive.replace(/\/+$/, "");
  return { archive, security: trimmed.endsWith("/debian") ? `${trimmed}-security` : null };
}

/** Cloud images name a file with mirrors (`mirror+file:/etc/apt/mirrors/debian.list`): its first one. */
async function firstOfMirrorList(uri: string): Promise<string> {
  const path = /^mirror\+file:(?:\/\/)?(\/.*?)\/?$/.exec(uri)?.[1];
  if (path === undefined) return uri;
  const text = await readFile(path, "utf8").catch(() => "");
  return /^\s*(https?:\S+)/m.exec(text)?.[1] ?? uri;
}
