import { readFileSync } from "node:fs";

const MAGIC = 0xeb9f;
const HEADER_BYTES = 24;
const KIND_STRUCT = 4;
const KIND_FLAG = 0x8000_0000;
/** Bytes that follow the first 12 of a type, by kind and number of members (linux/btf.h). */
const TRAILING_BYTES: Record<number, (members: number) => number> = {
  1: () => 4,
  3: () => 12,
  4: (members) => members * 12,
  5: (members) => members * 12,
  6: (members) => members * 8,
  13: (members) => members * 8,
  14: () => 4,
  15: (members) => members * 12,
  17: () => 4,
  19: (members) => members * 12,
};

/** Offsets of members of the running kernel's structs: "inode.i_size" -> bytes. Members not found are absent. */
export type Offsets = ReadonlyMap<string, number>;

/** From the kernel's own type information (BTF); empty where the kernel has none. */
export function memberOffsets(
  wanted: readonly string[],
  file = "/sys/kernel/btf/vmlinux",
): Offsets {
  try {
    return offsetsIn(readFileSync(file), wanted);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return new Map();
    throw error;
  }
}

export function offsetsIn(btf: Buffer, wanted: readonly string[]): Offsets {
  if (btf.length < HEADER_BYTES || btf.readUInt16LE(0) !== MAGIC) return new Map();
  const body = btf.readUInt32LE(4);
  const typesEnd = Math.min(btf.length, body + btf.readUInt32LE(8) + btf.readUInt32LE(12));
  const stringsStart = body + btf.readUInt32LE(16);
  const strings = btf.subarray(stringsStart, stringsStart + btf.readUInt32LE(20));
  const structs = new Map<number, string>();
  for (const member of wanted) {
    const name = member.split(".")[0] as string;
    const at = strings.indexOf(`\0${name}\0`);
    if (at >= 0) structs.set(at + 1, name);
  }
  const found = new Map<string, number>();
  for (let at = body + btf.readUInt32LE(8); at + 12 <= typesEnd; ) {
    const info = btf.readUInt32LE(at + 4);
    const kind = (info >>> 24) & 0x1f;
    const members = info & 0xffff;
    const name = kind === KIND_STRUCT ? structs.get(btf.readUInt32LE(at)) : undefined;
    if (name !== undefined) {
      const bitfields = (info & KIND_FLAG) !== 0;
      for (let i = 0; i < members && at + 24 + i * 12 <= typesEnd; i += 1) {
        const entry = at + 12 + i * 12;
        const member = `${name}.${textAt(strings, btf.readUInt32LE(entry))}`;
        const offset = btf.readUInt32LE(entry + 8);
        if (wanted.includes(member))
          found.set(member, (bitfields ? offset & 0xff_ffff : offset) / 8);
      }
    }
    at += 12 + (TRAILING_BYTES[kind]?.(members) ?? 0);
  }
  return found;
}

function textAt(strings: Buffer, offset: number): string {
  return strings.toString("latin1", offset, strings.indexOf(0, offset));
}
