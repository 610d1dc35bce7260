import assert from "node:assert/strict";
import { test } from "node:test";
import { KernelFunctions } from "../../../../bench/explain/attribution/kernel-functions.js";

const SYMBOLS = `0000000000000000 A fixed_percpu_data
ffffffff81000000 T _text
ffffffff81000010 t io_queue_iowq
ffffffff81000010 D not_a_function
ffffffff81000030 T io_submit_sqes
ffffffffc0200000 t ext4_dio_write_iter\t[ext4]
ffffffffc0100000 t xfs_file_write_iter\t[xfs]
c000000000010000 T code_of_another_architecture
nonsense0000000 T no_address
1ffffffff81000020 T too_long
ffffffff81000040 T `;

const functions = new KernelFunctions(Buffer.from(SYMBOLS));
const nameOf = (address: bigint) => functions.ofStack([address])[0];

test("an address belongs to the last function that begins at or before it, also in modules that are listed in any order", () => {
  assert.equal(nameOf(0xffff_ffff_8100_0010n), "io_queue_iowq");
  assert.equal(nameOf(0xffff_ffff_8100_002fn), "io_queue_iowq");
  assert.equal(nameOf(0xffff_ffff_8100_0030n), "io_submit_sqes");
  assert.equal(nameOf(0xffff_ffff_c010_0123n), "xfs_file_write_iter");
  assert.equal(nameOf(0xffff_ffff_c020_0123n), "ext4_dio_write_iter");
  assert.equal(nameOf(0xc000_0000_0001_0001n), "code_of_another_architecture");
});

test("an address before every function stays a number", () => {
  assert.equal(nameOf(0xe000_0001n), "0xe0000001");
});

test("the frames of the tracing itself are left out", () => {
  const traced = new KernelFunctions(
    Buffer.from("ffffffff81000000 T __traceiter_x\nffffffff81000100 t io_queue_iowq\n"),
  );
  const stack = [0xffff_ffff_8100_0001n, 0xffff_ffff_8100_0101n];
  assert.deepEqual(traced.ofStack(stack), ["io_queue_iowq"]);
});
