import { randomBytes } from "node:crypto";
import { encodeFrame, FRAME_HEAD_BYTES, SIGNATURE } from "../../results/recording/frames.js";
import {
  fileLine,
  HEADER,
  line,
  madeRecording,
  type Row,
  rowsFrame,
  writes,
} from "./made-recordings.js";

/** What a person with bad intentions, a broken disk or a careless script makes of a recording. */
export interface HostileRecording {
  name: string;
  bytes(): Buffer;
}

const MIB = 2 ** 20;
const SAFE_MAX = Number.MAX_SAFE_INTEGER;
const APPEND = 0o2000;
const WRITE_CALL = 257;
const TRUNCATE_CALL = 260;
const FALLOCATE_CALL = 261;
const READ = 22;
const FALLOCATE = 17;

const whole = () => madeRecording();
const withRows = (...rows: Row[]) => madeRecording({ rows: [...writes(16, 1e5), ...rows] });
const withFile = (changes: Parameters<typeof fileLine>[0]) =>
  madeRecording({ files: [fileLine(changes)] });
const named = (path: string) => withFile({ path });
const call = (operation: number, changes: Row): Row => ({
  ...{ atNs: 5e5, file: 1, operation, sizeAfterBytes: -1 },
  ...changes,
});
const many = <Value>(count: number, make: (index: number) => Value): Value[] =>
  Array.from({ length: count }, (_, index) => make(index + 1));
const spoiled = (at: number, bytes: readonly number[]): Buffer => {
  const all = whole();
  all.set(bytes, at);
  return all;
};
/** The head of a frame with these lengths, and nothing behind it. */
const claims = (kind: number, packed: number, unpacked: number): Buffer => {
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUInt8(kind, 0);
  head.writeUInt32LE(packed, 1);
  head.writeUInt32LE(unpacked, 5);
  return Buffer.concat([SIGNATURE, line(HEADER), head]);
};
const FILE_FRAME = SIGNATURE.length + line(HEADER).length;

const FRAMES: Readonly<Record<string, () => Buffer>> = {
  "an empty file": () => Buffer.alloc(0),
  "a signature only": () => SIGNATURE,
  "another version": () => Buffer.from("puntbench recording 2\n"),
  "random bytes": () => randomBytes(MIB),
  "random bytes after the signature": () => Buffer.concat([SIGNATURE, randomBytes(MIB)]),
  "no header": () => Buffer.concat([SIGNATURE, rowsFrame(writes(4, 1e5))]),
  "a header of the future": () => madeRecording({ header: { ...HEADER, version: 99 } }),
  "a header of another type": () => madeRecording({ header: { type: "header", kernelLabel: "6" } }),
  "two headers": () => Buffer.concat([whole(), line(HEADER)]),
  "a frame of no known kind": () => spoiled(FILE_FRAME, [77]),
  "a frame that says 4 GiB": () => claims(2, 0xffffffff, 0xffffffff),
  "a frame that says 60 MiB and ends": () => claims(2, 60 * MIB, 60 * MIB),
  "a frame with another checksum": () => spoiled(FILE_FRAME + 9, [1, 2, 3, 4]),
  "a frame that unpacks to 64 MiB of zeros": () =>
    Buffer.concat([whole(), encodeFrame({ kind: "block", content: Buffer.alloc(64 * MIB) })]),
  "cut in its header": () => whole().subarray(0, SIGNATURE.length + 20),
  "cut in its last block": () => {
    const rows = many(4, () => rowsFrame(writes(64, 1e5)));
    return Buffer.concat([whole(), ...rows]).subarray(0, -9);
  },
  "a line of 60 MiB": () => Buffer.concat([whole(), line({ type: "x".repeat(60 * MIB) })]),
  "arrays a million deep": () => {
    const content = Buffer.from("[".repeat(MIB));
    return Buffer.concat([whole(), encodeFrame({ kind: "line", content })]);
  },
};

const ROWS: Readonly<Record<string, () => Buffer>> = {
  "no rows": () => madeRecording({ rows: [] }),
  "an offset of 2^63": () => withRows({ ...writes(1, 0)[0], offsetBytes: 2 ** 63 }),
  "an offset below 2^53": () => withRows({ ...writes(1, 0)[0], offsetBytes: SAFE_MAX - 4096 }),
  "a length of 2^40": () => withRows({ ...writes(1, 0)[0], lengthBytes: 2 ** 40 }),
  "negative values": () => withRows({ ...writes(1, 0)[0], lengthBytes: -1, ring: -1 }),
  "64 GiB at the file's position": () =>
    madeRecording({ rows: writes(1024, 1e5, { offsetBytes: -1, lengthBytes: 64 * MIB }) }),
  "64 GiB appended": () =>
    madeRecording({ rows: writes(1024, 1e5, { fileFlags: APPEND, lengthBytes: 64 * MIB }) }),
  "a fallocate of 1 PiB": () => withRows(call(FALLOCATE_CALL, { lengthBytes: 2 ** 50 })),
  "a thousand fallocates of 64 MiB": () =>
    madeRecording({
      rows: many(1000, (index) => ({
        ...{ ...writes(1, 0)[0], operation: FALLOCATE, result: 0, atNs: index },
        ...{ offsetBytes: index * 64 * MIB, lengthBytes: 64 * MIB },
      })),
    }),
  "a truncation to 2^53": () => withRows(call(TRUNCATE_CALL, { offsetBytes: SAFE_MAX })),
  "a write of 2^53 bytes by a system call": () =>
    withRows(call(WRITE_CALL, { lengthBytes: SAFE_MAX })),
  "calls and requests in one moment": () =>
    madeRecording({
      rows: many(50, (index) => [
        { ...writes(1, 0, { latencyNs: -1 })[0], atNs: index },
        call(WRITE_CALL, { atNs: index, lengthBytes: 4096 }),
      ]).flat(),
    }),
  "every flag of a request": () =>
    madeRecording({
      rows: writes(64, 1e4, { sqeFlags: 255, opFlags: 2 ** 32 - 1, fileFlags: 2 ** 32 - 1 }),
    }),
  "links without an end": () => madeRecording({ rows: writes(9000, 1e3, { sqeFlags: 1 << 2 }) }),
  "operations that nobody knows": () =>
    madeRecording({ rows: writes(64, 1e4, { operation: 255 }) }),
  "files that nobody described": () =>
    madeRecording({ rows: many(64, (index) => ({ ...writes(1, 0)[0], file: index * 1e9 })) }),
  "26 million rows": () => {
    const rows = rowsFrame(many(65_536, () => ({})));
    return Buffer.concat([whole(), ...many(400, () => rows)]);
  },
  "100,000 rings": () =>
    madeRecording({ rows: many(100_000, (index) => ({ ...writes(1, 0)[0], ring: index })) }),
  "reads of 64 MiB in 1,000 rings": () =>
    madeRecording({
      rows: many(1000, (index) => ({
        ...{ ...writes(1, 0)[0], operation: READ, ring: index, lengthBytes: 64 * MIB },
      })),
    }),
  "a million files with a request each": () =>
    madeRecording({ rows: many(1_000_000, (index) => ({ ...writes(1, 0)[0], file: index })) }),
};

const FILES: Readonly<Record<string, () => Buffer>> = {
  "a name with ..": () => named("/data/../../../../tmp/puntbench-owned"),
  "a relative name": () => named("../../puntbench-owned"),
  "a name with NUL": () => named("/data/wal\0/etc/passwd"),
  "a name with escape sequences": () => named("/data/\u001b[2J\u001b]0;t\u0007\n# owned\u009b31m"),
  "a name that turns the direction": () => named("/data/\u202e\u2066wal"),
  "a name with a shell command": () => named("/data/$(touch /tmp/puntbench-owned)`id`'; id"),
  "a name of 100,000 characters": () => named("x".repeat(100_000)),
  "a name of another type": () => madeRecording({ files: [{ ...fileLine(), path: {} }] }),
  "members called __proto__": () =>
    madeRecording({ files: [JSON.parse('{"__proto__":{"type":"file"},"index":1}')] }),
  "the same file twice": () => madeRecording({ files: [fileLine(), fileLine({ sizeBytes: 1 })] }),
  "a size of 2^53": () => withFile({ sizeBytes: SAFE_MAX }),
  "regions one above the other": () =>
    withFile({ regions: many(60_000, () => [0, MIB, "written"] as [number, number, "written"]) }),
  "regions of 2^53 bytes": () => withFile({ regions: [[0, SAFE_MAX, "unwritten"]] }),
  "regions in no order": () =>
    withFile({ regions: many(60_000, (n) => [(60_000 - n) * 8192, 4096, "unwritten"]) }),
  "a million regions": () =>
    withFile({ regions: many(1_000_000, (n) => [n * 4096, 4096, "written"]) }),
  "a million files": () =>
    madeRecording({ files: many(1_000_000, (index) => fileLine({ index, regions: [] })) }),
  "a million regions in each of 60 files": () => {
    const regions = many(900_000, (n) => [n, 1, "written"] as [number, number, "written"]);
    const frame = line(fileLine({ regions }));
    const lines = many(60, (index) => line(fileLine({ index })));
    return Buffer.concat([SIGNATURE, line(HEADER), ...lines.flatMap((each) => [each, frame])]);
  },
};

export const HOSTILE_RECORDINGS: readonly HostileRecording[] = Object.entries({
  ...FRAMES,
  ...ROWS,
  ...FILES,
}).map(([name, bytes]) => ({ name, bytes }));
