/** One entry of an archive. Folders are made for every file on the way; `mode` has permissions only. */
export type CpioEntry =
  | { path: string; kind: "file"; content: Buffer; mode: number }
  | { path: string; kind: "folder" }
  | { path: string; kind: "link"; target: string };

const TYPE = { file: 0o100000, folder: 0o040000, link: 0o120000 } as const;
const TRAILER = "TRAILER!!!";

/**
 * A cpio archive in the `newc` format, which the kernel unpacks as its first root
 * (Documentation/driver-api/early-userspace/buffer-format.rst). Owner is root, times are 0, so that
 * the same entries give the same bytes.
 */
export function cpioArchive(entries: readonly CpioEntry[]): Buffer {
  const parts: Buffer[] = [];
  let inode = 1;
  for (const entry of withParents(entries)) {
    parts.push(...record(entry, inode));
    inode += 1;
  }
  parts.push(header(TRAILER, 0, 0, 0), paddedName(TRAILER));
  return Buffer.concat(parts);
}

/** Adds the folders that files lie in, each once and before what it holds. */
function withParents(entries: readonly CpioEntry[]): CpioEntry[] {
  const seen = new Set<string>();
  const all: CpioEntry[] = [];
  for (const entry of entries) {
    const segments = entry.path.split("/");
    for (let length = 1; length < segments.length; length += 1) {
      const folder = segments.slice(0, length).join("/");
      if (!seen.has(folder)) all.push({ path: folder, kind: "folder" });
      seen.add(folder);
    }
    if (!seen.has(entry.path)) all.push(entry);
    seen.add(entry.path);
  }
  return all;
}

function record(entry: CpioEntry, inode: number): Buffer[] {
  const content =
    entry.kind === "file"
      ? entry.content
      : Buffer.from(entry.kind === "link" ? entry.target : "", "utf8");
  const permissions = entry.kind === "file" ? entry.mode : 0o755;
  const mode = TYPE[entry.kind] | permissions;
  return [
    header(entry.path, inode, mode, content.length),
    paddedName(entry.path),
    content,
    Buffer.alloc(padding(content.length)),
  ];
}

const HEADER_BYTES = 110;

/** "070701" and thirteen numbers of eight hexadecimal digits. */
function header(name: string, inode: number, mode: number, sizeBytes: number): Buffer {
  const links = 1;
  const nameBytes = Buffer.byteLength(name) + 1;
  const numbers = [inode, mode, 0, 0, links, 0, sizeBytes, 0, 0, 0, 0, nameBytes, 0];
  const text = numbers.map((number) => number.toString(16).padStart(8, "0").toUpperCase()).join("");
  return Buffer.from(`070701${text}`, "ascii");
}

/** The name, its closing zero, and zeros up to a multiple of four counted from the header's start. */
function paddedName(name: string): Buffer {
  const bytes = Buffer.byteLength(name) + 1;
  const padded = Buffer.alloc(bytes + padding(HEADER_BYTES + bytes));
  padded.write(name, "utf8");
  return padded;
}

function padding(bytes: number): number {
  return (4 - (bytes % 4)) % 4;
}
