import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { memberOffsets } from "../../../bench/explain/tracing/btf-offsets.js";
import { decode, parseFormat } from "../../../bench/explain/tracing/event-format.js";
import { parsePageLayout, recordsOf } from "../../../bench/explain/tracing/ring-buffer.js";
import { stacksIn } from "../../../bench/explain/tracing/stacks.js";

// As Linux 6.1 prints it.
const FORMAT = `name: io_uring_queue_async_work
ID: 1231
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:void * req;	offset:8;	size:8;	signed:0;
	field:int rw;	offset:16;	size:4;	signed:1;
	field:__data_loc char[] op_str;	offset:20;	size:4;	signed:1;
`;

test("fields are found where the kernel's format says, addresses stay exact", () => {
  const format = parseFormat(FORMAT);
  const data = Buffer.alloc(24);
  data.writeBigUInt64LE(0xffff_8881_129b_5c00n, 8);
  data.writeInt32LE(-1, 16);
  assert.equal(format.id, 1231);
  assert.deepEqual(decode(format, data), { req: 0xffff_8881_129b_5c00n, rw: -1 });
});

test("a page of the ring buffer: short, long, time extension, padding", () => {
  const layout = parsePageLayout(
    "\tfield: u64 timestamp;\toffset:0;\tsize:8;\n\tfield: char data;\toffset:16;\tsize:4080;\tsigned:0;\n",
  );
  assert.deepEqual(layout, { dataOffset: 16, pageBytes: 4096 });
  const page = Buffer.alloc(4096);
  page.writeBigUInt64LE(1_000n, 0);
  let at = 16;
  const put = (...words: number[]) => {
    for (const word of words) at = page.writeUInt32LE(word >>> 0, at);
  };
  put((5 << 5) | 2, 11, 12); // 8 bytes, 5 ns later
  put((1 << 5) | 30, 2); // 1 + 2 * 2^27 ns
  put((7 << 5) | 0, 4 + 4, 13); // its length in the next word
  put(29); // the rest is padding
  page.writeUInt32LE(at - 16 + 100, 8);
  const records = recordsOf(page, layout);
  assert.deepEqual(
    records.map(({ timeNs, data }) => [timeNs, data.length, data.readUInt32LE(0)]),
    [
      [1_005, 8, 11],
      [1_005 + 1 + 2 ** 28 + 7, 4, 13],
    ],
  );
});

test("stacks as the kernel prints them, without the frames of the tracing", () => {
  const text = [
    "#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION",
    "  puntbench-tria-26318   [001] .....  4856.422: io_uring_queue_async_work: ring 1",
    "  puntbench-tria-26318   [001] .....  4856.422: <stack trace>",
    " => trace_event_raw_event_io_uring_queue_async_work",
    " => io_queue_iowq",
    " => io_submit_sqes",
    "",
  ].join("\n");
  assert.deepEqual(stacksIn(text), [
    { tid: 26318, functions: ["io_queue_iowq", "io_submit_sqes"] },
  ]);
});

test("offsets of struct members come from the running kernel", {
  skip: existsSync("/sys/kernel/btf/vmlinux") ? false : "SKIPPED, no BTF",
}, () => {
  const offsets = memberOffsets(["kiocb.ki_filp", "kiocb.ki_pos", "inode.i_size", "no.such"]);
  assert.equal(offsets.get("kiocb.ki_filp"), 0);
  assert.equal(offsets.get("kiocb.ki_pos"), 8);
  assert.ok((offsets.get("inode.i_size") ?? 0) > 0);
  assert.equal(offsets.has("no.such"), false);
});
