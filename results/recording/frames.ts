import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";

/**
 * A recording is a signature and then frames. Each frame stands alone: its kind, the length of what follows, the length
 * of that unpacked, and a checksum. So a file that was cut off is good up to its last whole frame.
 */
export const SIGNATURE = Buffer.from("puntbench recording 1\n");

export const FRAME_KINDS = { line: 1, block: 2 } as const;
export type FrameKind = keyof typeof FRAME_KINDS;

export interface Frame {
  kind: FrameKind;
  content: Buffer;
}

/** Kind (1 byte); length, length unpacked, CRC-32 of what follows (4 bytes each, little-endian). */
export const FRAME_HEAD_BYTES = 13;
/** What a reader is ready to hold, unpacked. The longest line is that of a file with 65,536 regions: 3 MB. */
export const FRAME_BYTES_MAX: Record<FrameKind, number> = { line: 16 << 20, block: 64 << 20 };

export function encodeFrame({ kind, content }: Frame): Buffer {
  const packed = deflateRawSync(content, { level: 3 });
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUInt8(FRAME_KINDS[kind], 0);
  head.writeUInt32LE(packed.length, 1);
  head.writeUInt32LE(content.length, 5);
  head.writeUInt32LE(crc32(packed), 9);
  return Buffer.concat([head, packed]);
}

/** A frame that cannot be read: what is wrong with it. */
export class DamagedFrame extends Error {}

export interface FrameHead {
  kind: FrameKind;
  packedBytes: number;
  bytes: number;
  checksum: number;
}

/** Throws a DamagedFrame. */
export function decodeHead(head: Buffer): FrameHead {
  const kind = head.readUInt8(0);
  const name = (Object.keys(FRAME_KINDS) as FrameKind[]).find((each) => FRAME_KINDS[each] === kind);
  if (name === undefined) throw new DamagedFrame(`unknown kind ${kind}`);
  const packedBytes = head.readUInt32LE(1);
  const bytes = head.readUInt32LE(5);
  if (Math.max(packedBytes, bytes) > FRAME_BYTES_MAX[name]) {
    throw new DamagedFrame(`it claims ${Math.max(packedBytes, bytes)} bytes`);
  }
  return { kind: name, packedBytes, bytes, checksum: head.readUInt32LE(9) };
}

/** Throws a DamagedFrame. */
export function unpack({ kind, bytes, checksum }: FrameHead, packed: Buffer): Frame {
  if (crc32(packed) !== checksum) throw new DamagedFrame("its checksum is wrong");
  try {
    const content = inflateRawSync(packed, { maxOutputLength: Math.max(bytes, 1) });
    if (content.length === bytes) return { kind, content };
  } catch {
    // What it would say of the packed bytes helps nobody.
  }
  throw new DamagedFrame("it does not unpack to its length");
}
