import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../../terminal/errors.js";
import { makeFolders } from "../../../terminal/make-folders.js";
import { type Finished, run } from "../host/process.js";
import type { Mirrors } from "./mirrors.js";

export const APT_HELPER = "/usr/lib/apt/apt-helper";

/** Debian's keys, from the package `debian-archive-keyring`, which Ubuntu has too. */
export const DEBIAN_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** Each suite has a kernel series. A suite that the mirror lacks is skipped with a warning. */
const SUITES = "bullseye bookworm bookworm-backports trixie trixie-backports forky sid";
const SECURITY_SUITES = "bullseye-security bookworm-security trixie-security";

const UPDATE_TIMEOUT_MS = 10 * 60_000;
const QUICK_TIMEOUT_MS = 60_000;

/** The text of the private apt's only source file: every suite, and only Debian's keys. */
export function sourcesText(mirrors: Mirrors, keyring: string): string {
  const stanza = (uri: string, suites: string) => `Types: deb
URIs: ${uri}
Suites: ${suites}
Components: main
Architectures: amd64
Signed-By: ${keyring}
`;
  const archive = stanza(mirrors.archive, SUITES);
  return mirrors.security ? `${archive}\n${stanza(mirrors.security, SECURITY_SUITES)}` : archive;
}

/**
 * The text of its configuration. All paths lie under `root`, so that the host's apt is neither read
 * nor changed. Of the host's settings only the way to the network (`networkSettings`) is used.
 */
export function configurationText(root: string, networkSettings: readonly string[]): string {
  // Sandbox: apt's own user cannot read root's cache folder.
  return `Dir "${root}";
Dir::Bin::methods "/usr/lib/apt/methods";
Dir::Etc::parts "/dev/null";
Dir::State::status "/dev/null";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
APT::Architecture "amd64";
APT::Architectures { "amd64"; };
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::GzipIndexes "true";
Acquire::Retries "3";
Acquire::http::Timeout "30";
Acquire::https::Timeout "30";
${networkSettings.join("\n")}
`;
}

/** The lines of `apt-config dump` on proxies and the like, and on indexes that are past their date. */
export function networkSettings(dump: string): string[] {
  return dump
    .split("\n")
    .filter((line) => /^Acquire::(https?|ForceIPv[46]|Check-(Valid-Until|Date))\b/.test(line))
    .filter((line) => !/Timeout/.test(line));
}

/** Runs a program of apt with the private configuration. */
export type PrivateApt = (
  program: string,
  args: readonly string[],
  timeoutMs: number,
  signal?: AbortSignal,
) => Promise<Finished>;

/** Writes the private apt's configuration under `root`. */
export async function preparePrivateApt(root: string, mirrors: Mirrors): Promise<PrivateApt> {
  if (!existsSync(DEBIAN_KEYRING)) {
    throw new UserError(
      `${DEBIAN_KEYRING} is missing: packages cannot be verified without Debian's keys`,
      "Install it with `apt-get install debian-archive-keyring`.",
    );
  }
  const sources = join(root, "etc/apt/sources.list.d");
  for (const folder of [sources, join(root, "var/lib/apt/lists/partial")]) {
    makeFolders(folder);
  }
  const dump = await run("apt-config", ["dump"], { timeoutMs: QUICK_TIMEOUT_MS, package: "apt" });
  await writeFile(join(sources, "debian.sources"), sourcesText(mirrors, DEBIAN_KEYRING));
  await writeFile(join(root, CONFIGURATION), configurationText(root, networkSettings(dump.stdout)));
  return privateApt(root);
}

const CONFIGURATION = "apt.conf";

/** The private apt under `root` as it was prepared last. */
export function privateApt(root: string): PrivateApt {
  const env = { APT_CONFIG: join(root, CONFIGURATION) };
  return (program, args, timeoutMs, signal) =>
    run(program, args, { env, timeoutMs, signal, package: "apt" });
}

/** Fetches the signed indexes. Suites that failed are returned as warnings; all failing is an error. */
export async function updateIndexes(apt: PrivateApt, signal?: AbortSignal): Promise<string[]> {
  const { stderr } = await apt("apt-get", ["update"], UPDATE_TIMEOUT_MS, signal);
  const problems = stderr.split("\n").filter((line) => /^[EW]: /.test(line));
  // apt's exit code is 0 even when no mirror could be reached, so count the indexes.
  const targets = await indexTargets(apt, signal);
  if (targets.length > 0) return problems;
  throw new UserError(
    `Debian's package indexes could not be fetched\n  ${problems.slice(0, 6).join("\n  ")}`,
    "Check the network, or name another mirror: --mirror URL. Kernels in the cache work offline.",
  );
}

export interface IndexTarget {
  suite: string;
  baseUri: string;
  path: string;
  /** The index's name in its release file, such as `main/binary-amd64/Packages`. */
  metaKey: string;
}

/** The Packages indexes that the private apt holds, verified. */
export async function indexTargets(apt: PrivateApt, signal?: AbortSignal): Promise<IndexTarget[]> {
  const format = "$(RELEASE)\t$(REPO_URI)\t$(FILENAME)\t$(METAKEY)";
  const { stdout } = await apt(
    "apt-get",
    ["indextargets", "--format", format, "Identifier: Packages"],
    QUICK_TIMEOUT_MS,
    signal,
  );
  return stdout
    .split("\n")
    .map((line) => line.split("\t"))
    .filter((fields) => fields.length === 4)
    .map(([suite, baseUri, path, metaKey]) => ({ suite, baseUri, path, metaKey }) as IndexTarget)
    .filter((target) => existsSync(target.path) || existsSync(`${target.path}.xz`));
}
