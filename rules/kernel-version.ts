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

/** Whether `version` is `major.minor` or newer. Stable backports are not considered. */
export function atLeast(version: KernelVersion, major: number, minor: number): boolean {
  return version.major > major || (version.major === major && version.minor >= minor);
}
