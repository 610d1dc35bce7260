import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import {
  type Block,
  COLUMNS,
  decodeBlock,
  emptyBlock,
  encodeBlock,
} from "../../../results/recording/block.js";
import { FRAME_HEAD_BYTES, SIGNATURE } from "../../../results/recording/frames.js";
import { loadRecording } from "../../../results/recording/reader.js";
import { RecordingWriter } from "../../../results/recording/writer.js";
import { fileLine } from "../../faults/made-recordings.js";

const folder = mkdtempSync(join(tmpdir(), "puntbench-test-recording-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Sequential writes to two files in turn, one of them refused. */
function someBlock(rows: number): Block {
  const block = emptyBlock(rows);
  for (let row = 0; row < rows; row += 1) {
    block.atNs[row] = 5_000_000_000 + row * 10_000;
    block.latencyNs[row] = row === 3 ? -1 : 80_000 + row;
    block.ring[row] = 1;
    block.thread[row] = 2;
    block.file[row] = 1 + (row % 2);
    block.operation[row] = 23;
    block.sqeFlags[row] = 1;
    block.outcome[row] = row === 2 ? 1 : 0;
    block.offsetBytes[row] = row === 5 ? -1 : 2 ** 45 + Math.floor(row / 2) * 4096;
    block.lengthBytes[row] = 4096;
    block.result[row] = row === 4 ? -11 : 4096;
    block.sizeAfterBytes[row] = -1;
  }
  return block;
}

function write(name: string, use: (writer: RecordingWriter) => void): string {
  const path = join(folder, name);
  const fd = openSync(path, "wx");
  use(new RecordingWriter(fd));
  closeSync(fd);
  return path;
}

const HEADER = {
  type: "recording",
  version: 1,
  toolVersion: "0.1.0",
  startedAt: "2026-11-25T12:00:00.000Z",
  kernelRelease: "6.18.0",
  kernelVersion: "#1",
  machine: "x64",
  anonymised: false,
} as const;

function twoBlocks(name: string): string {
  return write(name, (writer) => {
    writer.line(HEADER);
    writer.block(someBlock(100));
    writer.block(someBlock(50));
  });
}

const rowsOf = (path: string) => {
  const blocks: Block[] = [];
  const recording = loadRecording(path, (block) => blocks.push(block));
  return { recording, rows: blocks.reduce((sum, { count }) => sum + count, 0) };
};

test("a block is the same after it was written and read", () => {
  const block = someBlock(1000);
  const read = decodeBlock(encodeBlock(block));
  for (const name of COLUMNS) assert.deepEqual(read[name], block[name], name);
});

test("a sequential stream takes less than 30 bytes for each request, before it is compressed", () => {
  assert.ok(encodeBlock(someBlock(10_000)).length < 300_000);
});

test("a recording gives back its header and all of its rows", () => {
  const { recording, rows } = rowsOf(twoBlocks("whole"));
  assert.equal(recording.header.kernelRelease, "6.18.0");
  assert.equal(rows, 150);
  assert.equal(recording.damage, null);
  assert.equal(recording.footer, null);
});

test("a recording that was cut off anywhere is good up to its last whole frame", () => {
  const bytes = readFileSync(twoBlocks("to-cut"));
  const headerEnd = SIGNATURE.length + FRAME_HEAD_BYTES + bytes.readUInt32LE(SIGNATURE.length + 1);
  const firstEnd = headerEnd + FRAME_HEAD_BYTES + bytes.readUInt32LE(headerEnd + 1);
  const path = join(folder, "cut");
  for (const length of [headerEnd + 1, firstEnd - 1, firstEnd, firstEnd + 5, bytes.length - 1]) {
    writeFileSync(path, bytes.subarray(0, length));
    const { recording, rows } = rowsOf(path);
    assert.equal(rows, length < firstEnd ? 0 : 100);
    assert.equal(recording.damage, length === firstEnd ? null : "it ends inside a frame");
  }
});

test("a byte that was changed is found, and what stands before it is kept", () => {
  const path = twoBlocks("to-change");
  const bytes = readFileSync(path);
  const last = bytes.length - 3;
  bytes.writeUInt8(bytes.readUInt8(last) ^ 0x40, last);
  writeFileSync(path, bytes);
  const { recording, rows } = rowsOf(path);
  assert.equal(rows, 100);
  assert.equal(recording.damage, "its checksum is wrong");
});

test("a frame that claims gigabytes is refused before memory is taken", () => {
  const path = twoBlocks("to-inflate");
  const bytes = readFileSync(path);
  bytes.writeUInt32LE(0xffffffff, SIGNATURE.length + 5);
  writeFileSync(path, bytes);
  assert.throws(() => loadRecording(path), /without a header: it claims 4294967295 bytes/);
});

test("a block whose numbers are out of their range is refused", () => {
  const block = someBlock(3);
  block.outcome[1] = 9;
  assert.throws(() => decodeBlock(encodeBlock(block)), /outcome is 9/);
  const negative = someBlock(3);
  negative.lengthBytes[2] = -4096;
  assert.throws(() => decodeBlock(encodeBlock(negative)), /lengthBytes is -4096/);
});

test("what is no recording is refused with a remedy", () => {
  const path = join(folder, "text");
  writeFileSync(path, "some text that is longer than the signature");
  assert.throws(() => loadRecording(path), /is no recording, or one of another version/);
  assert.throws(() => loadRecording(join(folder, "missing")), /no such file/);
});

test("parts of a file that overlap, which no filesystem reports, end the recording there", () => {
  const good: [number, number, "written"][] = [
    [0, 4096, "written"],
    [4096, 4096, "written"],
  ];
  const load = (name: string, regions: [number, number, "written"][]) =>
    loadRecording(
      write(name, (writer) => {
        writer.line(HEADER);
        writer.line(fileLine({ regions }));
      }),
    );
  assert.equal(load("follow", good).files.size, 1);
  const { files, damage } = load("overlap", [...good].reverse());
  assert.equal(files.size, 0);
  assert.equal(damage, "a line is not of the format");
});
