import { UsageError } from "../../../terminal/errors.js";
import { compareVersions } from "./debian-version.js";
import type { KernelPackage } from "./package-index.js";

/** Debian's builds of one source: for virtual machines (a third of the size), for hardware, real-time. */
export const FLAVOURS = ["cloud-amd64", "amd64", "rt-amd64"] as const;
export type Flavour = (typeof FLAVOURS)[number];

/** One kernel that can be fetched, and its package files. */
export interface DebianKernel {
  /** Its `uname -r`, such as `6.1.0-56-cloud-amd64`. */
  release: string;
  /** Package version, such as `6.1.192-2`. */
  version: string;
  /** `6.1` */
  series: string;
  suite: string;
  flavour: Flavour;
  /** Signed for Secure Boot. A guest needs no such signature; the package itself is always verified. */
  signed: boolean;
  packages: KernelPackage[];
}

/**
 * The newest kernel that `request` names: a series (`6.12`), an upstream version (`6.12.107`) or an
 * exact package version (`6.12.107-1~deb12u1`). Throws a UsageError that says what can be had.
 */
export function resolveKernel(
  index: readonly KernelPackage[],
  request: string,
  flavour: Flavour,
): DebianKernel {
  const kernels = completeKernels(index).filter((kernel) => kernel.flavour === flavour);
  const newest = kernels.filter((kernel) => isNamedBy(kernel, request)).at(-1);
  if (newest) return newest;
  const series = [...new Set(kernels.map((kernel) => kernel.series))];
  const gone = index.some(({ version }) => seriesOf(version) === request || version === request);
  throw new UsageError(
    gone
      ? `kernel ${request}: Debian no longer serves all of its packages for ${flavour}`
      : `kernel ${request}: no Debian package for ${flavour} is known by that version`,
    series.length > 0
      ? `Series that can be had: ${series.join(", ")}; \`puntbench lab kernels --all\` lists every version.`
      : "No kernel is known: fetch the package indexes with `puntbench lab kernels --refresh`.",
  );
}

/** Every kernel whose package files are all in the index, oldest first. */
export function completeKernels(index: readonly KernelPackage[]): DebianKernel[] {
  const byKernel = new Map<string, KernelPackage[]>();
  for (const file of index) {
    const key = `${releaseOf(file.name)} ${file.version}`;
    byKernel.set(key, [...(byKernel.get(key) ?? []), file]);
  }
  return [...byKernel.values()]
    .map(assemble)
    .filter((kernel) => kernel !== null)
    .sort((a, b) => compareVersions(a.version, b.version) || a.flavour.localeCompare(b.flavour));
}

/** The files of one kernel, from whichever layout is complete; null when a file is missing. */
function assemble(files: readonly KernelPackage[]): DebianKernel | null {
  const first = files[0] as KernelPackage;
  const release = releaseOf(first.name);
  const flavour = FLAVOURS.find((name) => release.replace(/^[^-]*(-\d[^-]*)?-/, "") === name);
  if (!flavour) return null;
  const named = (name: string) => files.find((file) => file.name === name);
  const describe = (signed: boolean, packages: (KernelPackage | undefined)[]) => {
    if (packages.some((file) => file === undefined)) return null;
    const { version, suite } = packages[0] as KernelPackage;
    const found = packages as KernelPackage[];
    return { release, version, series: seriesOf(version), suite, flavour, signed, packages: found };
  };
  const image = named(`linux-image-${release}`);
  const split = [named(`linux-modules-${release}`), named(`linux-base-${release}`)];
  return (
    (image && image.sizeBytes > METAPACKAGE_BYTES_MAX ? describe(true, [image]) : null) ??
    describe(true, [named(`linux-binary-${release}`), ...split]) ??
    describe(false, [named(`linux-image-${release}-unsigned`)]) ??
    describe(false, [named(`linux-binary-unsigned-${release}`), ...split])
  );
}

/** In the split layout `linux-image-*` is a package of about 2 kB that only depends on the others. */
const METAPACKAGE_BYTES_MAX = 1_000_000;

/** Whether `request` is the kernel's series, upstream version, package version or release. */
export function isNamedBy(
  kernel: Pick<DebianKernel, "series" | "version" | "release">,
  request: string,
): boolean {
  const upstream = kernel.version.split("-")[0];
  return [kernel.series, upstream, kernel.version, kernel.release].includes(request);
}

function releaseOf(name: string): string {
  return name
    .replace(/^linux-(image|binary-unsigned|binary|modules|base)-/, "")
    .replace(/-unsigned$/, "");
}

/** `6.12.107-1~deb12u1` -> `6.12` */
function seriesOf(version: string): string {
  return /^\d+\.\d+/.exec(version)?.[0] ?? version;
}
