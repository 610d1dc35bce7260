import assert from "node:assert/strict";
import { offsetsIn } from "../../bench/explain/tracing/btf-offsets.js";
import { decode, parseFormat } from "../../bench/explain/tracing/event-format.js";
import { parsePageLayout, recordsOf } from "../../bench/explain/tracing/ring-buffer.js";
import { stacksIn } from "../../bench/explain/tracing/stacks.js";
import { type FuzzTarget, mayRefuse } from "./target.js";

const FORMAT = `name: io_uring_queue_async_work
ID: 1234
format:
\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

\tfield:void * ctx;\toffset:8;\tsize:8;\tsigned:0;
\tfield:u64 user_data;\toffset:16;\tsize:8;\tsigned:0;
\tfield:u8 opcode;\toffset:24;\tsize:1;\tsigned:0;
\tfield:__data_loc char[] op_str;\toffset:48;\tsize:4;\tsigned:0;
\tfield:unsigned int flags;\toffset:28;\tsize:4;\tsigned:0;
`;

const eventFormat: FuzzTarget = {
  name: "event-format",
  samples: () => [Buffer.from(FORMAT)],
  check(input) {
    mayRefuse(/^no event format/, () => {
      const format = parseFormat(input.toString("utf8"));
      for (const bytes of [0, 16, 64]) {
        const values = Object.values(decode(format, Buffer.alloc(bytes, 0xff)));
        assert.ok(values.every((value) => typeof value !== "number" || Number.isInteger(value)));
      }
    });
  },
};

/** A page with records of each kind: short, long, padding, a longer step of time. */
function page(): Buffer {
  const buffer = Buffer.alloc(4096);
  buffer.writeBigUInt64LE(1_000_000n, 0);
  const words = [
    2 | (5 << 5),
    1,
    2,
    0 | (7 << 5),
    12,
    9,
    9,
    30 | (3 << 5),
    1,
    31 | (3 << 5),
    0,
    29 | (1 << 5),
    4,
  ];
  for (const [index, word] of words.entries()) buffer.writeUInt32LE(word, 16 + index * 4);
  buffer.writeUInt32LE(words.length * 4, 8);
  return buffer.subarray(0, 256);
}

const ringBuffer: FuzzTarget = {
  name: "ring-buffer",
  samples: () => [page()],
  check(input) {
    if (input.length < 16) return;
    const records = recordsOf(input, { pageBytes: input.length, dataOffset: 16 });
    assert.ok(records.length <= input.length / 4, "more records than words");
    const bytes = records.reduce((sum, { data }) => sum + data.length, 0);
    assert.ok(bytes <= input.length, "records overlap");
  },
};

const pageHeader: FuzzTarget = {
  name: "page-header",
  samples: () => [
    Buffer.from(
      "\tfield: u64 timestamp;\toffset:0;\tsize:8;\n\tfield: char data;\toffset:16;\tsize:4080;\n",
    ),
  ],
  check(input) {
    mayRefuse(/^no page header/, () => {
      parsePageLayout(input.toString("utf8"));
    });
  },
};

const stacks: FuzzTarget = {
  name: "stacks",
  samples: () => [
    Buffer.from(
      "  iou-1-123   [000] 12.3: io_uring_queue: x\n  iou-1-123   [000] 12.3: <stack trace>\n => a+0x1\n => b\n",
    ),
  ],
  check(input) {
    const found = stacksIn(input.toString("utf8"));
    assert.ok(
      found.every(({ tid, functions }) => Number.isFinite(tid) && functions.length <= input.length),
    );
  },
};

/** Types: an int, and a struct `inode` with one member. */
function btf(): Buffer {
  const strings = Buffer.from("\0int\0inode\0i_size\0");
  const types = Buffer.alloc(16 + 24);
  types.writeUInt32LE(1, 0);
  types.writeUInt32LE(1 << 24, 4);
  types.writeUInt32LE(5, 16);
  types.writeUInt32LE((4 << 24) | 1, 20);
  types.writeUInt32LE(11, 28);
  types.writeUInt32LE(1, 32);
  types.writeUInt32LE(64, 36);
  const header = Buffer.alloc(24);
  header.writeUInt16LE(0xeb9f, 0);
  header.writeUInt8(1, 2);
  header.writeUInt32LE(24, 4);
  header.writeUInt32LE(types.length, 12);
  header.writeUInt32LE(types.length, 16);
  header.writeUInt32LE(strings.length, 20);
  return Buffer.concat([header, types, strings]);
}

const typeInformation: FuzzTarget = {
  name: "btf",
  samples: () => [btf()],
  check(input) {
    for (const offset of offsetsIn(input, ["inode.i_size"]).values()) {
      assert.ok(Number.isFinite(offset));
    }
  },
};

export const TRACING_TARGETS: readonly FuzzTarget[] = [
  eventFormat,
  ringBuffer,
  pageHeader,
  stacks,
  typeInformation,
];
