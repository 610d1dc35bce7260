/** A mainline version; a missing patch level is 0. */
export interface KernelVersion {
  major: number;
  minor: number;
  patch: number;
}

/** "6.12.107+deb13-amd64" -> 6.12.107; null for a text that does not start with a version. */
export function parseKernelVersion(release: string): KernelVersion | null {
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(release);
  if (match === null) return null;
  return { major: Number(match[1]), minor: Number(match[2]), patch: Number(match[3] ?? 0) };
}

/**
 * The version of a running kernel. Debian's `uname -r` has no patch level ("5.10.0-46-amd64"); its `uname -v` has
 * it ("#1 SMP Debian 5.10.262-1 (2026-01-01)"). 0.0.0 where neither has a version.
 */
export function runningKernelVersion(release: string, version: string): KernelVersion {
  const named = parseKernelVersion(/\bDebian (\S+)/.exec(version)?.[1] ?? "");
  return named ?? parseKernelVersion(release) ?? { major: 0, minor: 0, patch: 0 };
}

/**
 * Whether `version` has a change: it is in mainline from `mainline` on, and in a stable series from the patch level
 * `stable["major.minor"]` on. null: the patch level from which the series has it is not known, and this one is older
 * than the first that was looked at.
 */
export function hasBackport(
  version: KernelVersion,
  mainline: readonly [number, number],
  stable: Readonly<Record<string, number>>,
): boolean | null {
  if (atLeast(version, ...mainline)) return true;
  const seenFrom = stable[`${version.major}.${version.minor}`];
  return seenFrom !== undefined && version.patch >= seenFrom ? true : null;
}

/** Whether `version` is `major.minor` or newer. Stable backports are not considered. */
export function atLeast(version: KernelVersion, major: number, minor: number): boolean {
  return version.major > major || (version.major === major && version.minor >= minor);
}
