/** One kernel package file, as a signed Packages index describes it. */
export interface KernelPackage {
  name: string;
  /** Debian version of the package, such as `6.1.192-2`. */
  version: string;
  suite: string;
  /** Where its file is. */
  uri: string;
  sizeBytes: number;
  sha256: string;
}

/** Where one Packages index came from. */
export interface IndexOrigin {
  suite: string;
  /** Base URI of the archive; a package's `Filename` is relative to it. */
  baseUri: string;
}

/**
 * The two layouts of a Debian kernel: one `linux-image-*` with everything in it, or, from 6.19 on,
 * `linux-binary-*` (the kernel), `linux-modules-*` and `linux-base-*` (configuration, built-in modules).
 */
const KERNEL_PACKAGE =
  /^linux-(?:image|binary|binary-unsigned|modules|base)-\d+\.\d+\.\d.*-amd64(?:-unsigned)?$/;

/** Picks the kernel packages out of the text of a Packages index (deb822 stanzas). */
export function parsePackages(text: string, origin: IndexOrigin): KernelPackage[] {
  const packages: KernelPackage[] = [];
  const start = /^Package: (linux-\S+)$/gm;
  for (let match = start.exec(text); match !== null; match = start.exec(text)) {
    const name = match[1] as string;
    if (!KERNEL_PACKAGE.test(name)) continue;
    const end = text.indexOf("\n\n", match.index);
    const stanza = text.slice(match.index, end < 0 ? undefined : end);
    const found = fromStanza(name, stanza, origin);
    if (found) packages.push(found);
  }
  return packages;
}

function fromStanza(name: string, stanza: string, origin: IndexOrigin): KernelPackage | null {
  const version = field(stanza, "Version");
  const filename = field(stanza, "Filename");
  const sizeBytes = Number(field(stanza, "Size"));
  const sha256 = field(stanza, "SHA256");
  if (!version || !filename || !sha256 || !Number.isSafeInteger(sizeBytes)) return null;
  return {
    name,
    version,
    suite: origin.suite,
    uri: `${origin.baseUri.replace(/\/+$/, "")}/${filename}`,
    sizeBytes,
    sha256,
  };
}

function field(stanza: string, name: string): string | undefined {
  return new RegExp(`^${name}: (.+)$`, "m").exec(stanza)?.[1];
}
