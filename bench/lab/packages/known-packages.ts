import { readFile } from "node:fs/promises";
import { UserError } from "../../../terminal/errors.js";
import { writeWhole } from "../../../terminal/whole-file.js";
import { HALF_MADE } from "../host/cache-lock.js";
import type { LabContext } from "../host/context.js";
import { hostMirrors, mirrorsAt } from "./mirrors.js";
import type { KernelPackage } from "./package-index.js";
import { DEBIAN_KEYRING, indexTargets, preparePrivateApt, updateIndexes } from "./private-apt.js";
import { signedPackages } from "./signed-index.js";

/** Kernel packages known from the last look at the mirror. */
export interface KnownPackages {
  fetchedAt: string;
  archive: string;
  packages: KernelPackage[];
  warnings: string[];
}

/** After this time an index is fetched again; before, the lab does not use the network. */
const FRESH_FOR_MS = 24 * 3600_000;

export interface IndexOptions {
  /** `--mirror`: the archive to use in place of the host's. */
  mirror: string | null;
  /** Fetch even when the last look was today. */
  refresh: boolean;
}

/**
 * The kernel packages of all suites, from the cache or from the mirror; warnings are shown. When the
 * mirror cannot be reached, an older index is used; a UserError when there is none.
 */
export async function knownPackages(
  context: LabContext,
  options: IndexOptions,
): Promise<KnownPackages> {
  const known = await freshPackages(context, options);
  for (const warning of known.warnings) context.progress.milestone(`warning: ${warning}`);
  return known;
}

async function freshPackages(context: LabContext, options: IndexOptions): Promise<KnownPackages> {
  const cached = await readCached(context);
  const sameMirror = options.mirror === null || cached?.archive === options.mirror;
  const ageMs = cached ? Date.now() - Date.parse(cached.fetchedAt) : Number.POSITIVE_INFINITY;
  if (cached && sameMirror && !options.refresh && ageMs < FRESH_FOR_MS) return cached;
  try {
    return await fetchIndex(context, options.mirror);
  } catch (error) {
    if (!(error instanceof UserError) || !cached || !sameMirror) throw error;
    const day = cached.fetchedAt.slice(0, 10);
    const warning = `the mirror cannot be reached; using the package index of ${day}`;
    return { ...cached, warnings: [...cached.warnings, warning] };
  }
}

async function fetchIndex(context: LabContext, mirror: string | null): Promise<KnownPackages> {
  const { cache, progress, signal } = context;
  const mirrors = mirror === null ? await hostMirrors(signal) : mirrorsAt(mirror);
  progress.step("fetching Debian's package indexes");
  const apt = await preparePrivateApt(cache.apt, mirrors);
  const warnings = await updateIndexes(apt, signal);
  const packages: KernelPackage[] = [];
  for (const target of await indexTargets(apt, signal)) {
    progress.step(`reading the index of ${target.suite}`);
    packages.push(...(await signedPackages(target, DEBIAN_KEYRING, signal)));
  }
  const fetchedAt = new Date().toISOString();
  const known = { fetchedAt, archive: mirrors.archive, packages, warnings };
  await writeWhole(cache.packageIndex, JSON.stringify(known), { prefix: HALF_MADE, mode: 0o600 });
  return known;
}

async function readCached({ cache }: LabContext): Promise<KnownPackages | null> {
  try {
    return JSON.parse(await readFile(cache.packageIndex, "utf8")) as KnownPackages;
  } catch {
    return null;
  }
}
