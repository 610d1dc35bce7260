import assert from "node:assert/strict";
import {
  BLOCK_ROWS_MAX,
  COLUMNS,
  decodeBlock,
  emptyBlock,
  encodeBlock,
} from "../../results/recording/block.js";
import {
  decodeHead,
  encodeFrame,
  FRAME_HEAD_BYTES,
  unpack,
} from "../../results/recording/frames.js";
import { RecordingLine } from "../../results/recording/schema.js";
import { type FuzzTarget, mayRefuse } from "./target.js";

function sampleBlock(): Buffer {
  const block = emptyBlock(8);
  for (let row = 0; row < 8; row += 1) {
    for (const [column, name] of COLUMNS.entries()) block[name][row] = (column * 7 + row) % 4;
    block.offsetBytes[row] = row * 4096 - 1;
  }
  return encodeBlock(block);
}

/** What was decoded is the same when it is encoded and decoded again. */
const block: FuzzTarget = {
  name: "recording-block",
  samples: () => [sampleBlock()],
  check(input) {
    mayRefuse(/rows in a block|bytes after|cut off or too long| is -?[\d.e+]+$/, () => {
      const decoded = decodeBlock(input);
      assert.ok(decoded.count <= BLOCK_ROWS_MAX);
      const again = decodeBlock(encodeBlock(decoded));
      for (const name of COLUMNS) assert.deepEqual(again[name], decoded[name], name);
    });
  },
};

/** A frame of a recording, and the line that may be in it. */
const frame: FuzzTarget = {
  name: "recording-frame",
  samples: () => [
    encodeFrame({ kind: "block", content: sampleBlock() }),
    encodeFrame({
      kind: "line",
      content: Buffer.from('{"type":"ring","index":1,"process":7,"flags":0}'),
    }),
  ],
  check(input) {
    if (input.length < FRAME_HEAD_BYTES) return;
    mayRefuse(/unknown kind|it claims|its checksum|does not unpack|JSON/, () => {
      const head = decodeHead(input.subarray(0, FRAME_HEAD_BYTES));
      const { kind, content } = unpack(head, input.subarray(FRAME_HEAD_BYTES));
      if (kind === "line") RecordingLine.safeParse(JSON.parse(content.toString("utf8")));
    });
  },
};

export const RECORDING_TARGETS: readonly FuzzTarget[] = [block, frame];
