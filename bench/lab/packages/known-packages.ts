import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../../terminal/errors.js";
import { writeFileAtomically } from "../host/atomic-file.js";
import type { LabCache } from "../host/cache.js";
import { type Mirrors, mirrorsAt, mirrorsOf, type SourceFile } from "./mirrors.js";
import { type KernelPackage, parsePackages } from "./package-index.js";
import { indexTargets, type PrivateApt, preparePrivateApt, updateIndexes } from "./private-apt.js";

/** Kernel packages known from the last look at the mirror. */
export interface KnownPackages {
  fetchedAt: string;
  archive: string;
  packages: KernelPackage[];
  warnings: string[];
}

/** An index this old is fetched anew; until then the lab asks the network nothing. */
const FRESH_FOR_MS = 24 * 3600_000;
const DECOMPRESS_TIMEOUT_MS = 120_000;

export interface IndexOptions {
  /** `--mirror`: the archive to use in place of the host's. */
  mirror: string | null;
  /** Fetch even when the last look was today. */
  refresh: boolean;
  say: (text: string) => void;
  signal?: AbortSignal | undefined;
}

/**
 * The kernel packages of all suites, from the cache or from the mirror. When the mirror cannot be
 * reached an older index is used, with a warning; a UserError only when there is none at all.
 */
export async function knownPackages(
  cache: LabCache,
  options: IndexOptions,
): Promise<KnownPackages> {
  const cached = await readCached(cache);
  const sameMirror = options.mirror === null || cached?.archive === options.mirror;
  const ageMs = cached ? Date.now() - Date.parse(cached.fetchedAt) : Number.POSITIVE_INFINITY;
  if (cached && sameMirror && !options.refresh && ageMs < FRESH_FOR_MS) return cached;
  try {
    return await fetchIndex(cache, options);
  } catch (error) {
    if (!(error instanceof UserError) || !cached || !sameMirror) throw error;
    const day = cached.fetchedAt.slice(0, 10);
    const warning = `the mirror cannot be reached; using the package index of ${day}`;
    return { ...cached, warnings: [...cached.warnings, warning] };
  }
}

async function fetchIndex(cache: LabCache, options: IndexOptions): Promise<KnownPackages> {
  const mirrors = options.mirror === null ? await hostMirrors() : mirrorsAt(options.mirror);
  options.say("fetching Debian's package indexes");
  const apt = await preparePrivateApt(cache.apt, mirrors);
  const warnings = await updateIndexes(apt, options.signal);
  const packages: KernelPackage[] = [];
  for (const target of await indexTargets(apt, options.signal)) {
    options.say(`reading the index of ${target.suite}`);
    packages.push(...(await readIndex(apt, target, options.signal)));
  }
  const known = {
    fetchedAt: new Date().toISOString(),
    archive: mirrors.archive,
    packages,
    warnings,
  };
  await writeFileAtomically(cache.packageIndex, JSON.stringify(known));
  return known;
}

async function readIndex(
  apt: PrivateApt,
  target: { suite: string; baseUri: string; path: string },
  signal: AbortSignal | undefined,
): Promise<KernelPackage[]> {
  const { stdout } = await apt.run(
    "/usr/lib/apt/apt-helper",
    ["cat-file", target.path],
    DECOMPRESS_TIMEOUT_MS,
    signal,
  );
  return parsePackages(stdout, target);
}

async function readCached(cache: LabCache): Promise<KnownPackages | null> {
  try {
    return JSON.parse(await readFile(cache.packageIndex, "utf8")) as KnownPackages;
  } catch {
    return null;
  }
}

/** Debian's mirrors from the host's apt configuration; a UserError when it names none. */
async function hostMirrors(): Promise<Mirrors> {
  const mirrors = mirrorsOf(await hostSourceFiles("/etc/apt"));
  if (!mirrors) {
    throw new UserError(
      "this machine's apt configuration names no Debian mirror",
      "Name one: --mirror URL, as in `deb URL bookworm main`.",
    );
  }
  return { ...mirrors, archive: await firstOfMirrorList(mirrors.archive) };
}

async function hostSourceFiles(root: string): Promise<SourceFile[]> {
  const parts = join(root, "sources.list.d");
  const names = (await readdir(parts).catch(() => [] as string[])).filter((name) =>
    /\.(list|sources)$/.test(name),
  );
  const paths = [join(root, "sources.list"), ...names.sort().map((name) => join(parts, name))];
  const texts = await Promise.all(paths.map((path) => readFile(path, "utf8").catch(() => "")));
  return paths.map((name, index) => ({ name, text: texts[index] as string }));
}

/** Cloud images name a file of mirrors (`mirror+file:/etc/apt/mirrors/debian.list`): its first one. */
async function firstOfMirrorList(uri: string): Promise<string> {
  const path = /^mirror\+file:(?:\/\/)?(\/.*)$/.exec(uri)?.[1];
  if (path === undefined) return uri;
  const text = await readFile(path, "utf8").catch(() => "");
  return /^\s*(https?:\S+)/m.exec(text)?.[1] ?? uri;
}
