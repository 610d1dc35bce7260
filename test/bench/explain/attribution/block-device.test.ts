import assert from "node:assert/strict";
import { test } from "node:test";
import {
  attributeRequest,
  filesystemOf,
} from "../../../../bench/explain/attribution/attribute-request.js";
import type { KernelVersion } from "../../../../bench/rules/kernel-version.js";
import type { PuntRecord, RequestRecord, Step } from "../../../../native/causes.js";

const IOCB_DIRECT = 1 << 17;
const WRITE = 23;
const BLOCK_DEVICE = 0o060600;
const TMPFS = 0x01021994;
const SPLIT = 0xffffffff81234567n;
const AGAIN = 12;
const NOTSUPP = 1;
const refused = (value: number, address: bigint) => ({
  name: "bio_refused",
  value,
  detail: Number(BigInt.asIntN(64, address)),
});

/** A write of a program to a block device whose name lies on a tmpfs. */
function record(result: number, steps: Step[], changes: Partial<PuntRecord> = {}): RequestRecord {
  const state = { inodeFlags: 0, sizeBytes: 0, diskSizeBytes: null, cachedPages: 0, lock: 0 };
  const punt: PuntRecord = {
    atNs: 20,
    ring: 1n,
    inode: 7,
    major: 0,
    minor: 25,
    magic: TMPFS,
    mode: BLOCK_DEVICE,
    fileMode: 0x800_0000,
    deviceWaits: false,
    blockBytes: 4096,
    writeFlags: IOCB_DIRECT,
    opcode: WRITE,
    requestFlags: 0,
    offsetBytes: 0,
    lengthBytes: 4096,
    state: { ...state, seen: "at-entry" },
    retry: null,
    stack: [],
    ...changes,
  };
  const inline = { beganNs: 10, endedNs: 15, entered: true, result, steps };
  return { request: 1n, process: 1, thread: 1, inline, punt };
}

const causeOf = (...asked: Parameters<typeof record>) => attributionOf(...asked).cause;

function attributionOf(...asked: Parameters<typeof record>) {
  return onKernel({ major: 6, minor: 12, patch: 118 }, ...asked);
}

/** Functions have the address of `SPLIT` or another one. */
function onKernel(kernel: KernelVersion, ...asked: Parameters<typeof record>) {
  return attributeRequest(record(...asked), {
    kernel,
    steps: ["write_bdev", "has_page_ret"],
    inode: null,
    workerInside: false,
    functionsOf: ([address]) => [address === SPLIT ? "bio_submit_split_bioset" : "raid1_read"],
  });
}

test("a block device is known by its inode, whatever filesystem holds its name", () => {
  assert.equal(filesystemOf({ magic: TMPFS, mode: BLOCK_DEVICE } as PuntRecord), "bdev");
  assert.equal(filesystemOf({ magic: TMPFS, mode: 0o100600 } as PuntRecord), null);
  assert.equal(filesystemOf({ magic: 0xf2f52010, mode: 0o100600 } as PuntRecord), "f2fs");
});

test("a write to a block device punts for cached pages, and for what its queue says it is not told", () => {
  assert.equal(causeOf(-11, [{ name: "has_page_ret", value: 1, detail: 0 }]), "page-cache");
  assert.equal(causeOf(-529, [{ name: "has_page_ret", value: 0, detail: 0 }]), "unknown");
  assert.equal(causeOf(-11, []), "unknown");
});

test("a buffered write to a block device always punts", () => {
  assert.equal(causeOf(-95, [], { writeFlags: 0 }), "buffered-write");
});

test("a read punts for cached pages where the kernel looks for them, for a file that cannot say it would wait, or comes back from the device", () => {
  const read = { opcode: 22, mode: 0o100600, magic: 0xef53 };
  assert.equal(causeOf(-11, [{ name: "has_page_ret", value: 1, detail: 0 }], read), "page-cache");
  assert.equal(causeOf(0, [], { ...read, fileMode: 0 }), "no-nowait");
  const { cause, evidence } = attributionOf(-529, [], read);
  assert.equal(cause, "unknown");
  assert.match(evidence, /^it was queued at the device \(EIOCBQUEUED\) and punted after that/);
});

test("a request that the block layer gave back is told by the function that did so, and split requests are a cause", () => {
  const split = attributionOf(-529, [refused(AGAIN, SPLIT)]);
  assert.equal(split.cause, "splits-request");
  assert.match(split.evidence, /: its bio ended with BLK_STS_AGAIN in bio_submit_split_bioset$/);
  const other = attributionOf(-529, [refused(AGAIN, SPLIT + 1n)]);
  assert.equal(other.cause, "unknown");
  assert.match(other.evidence, /: its bio ended with BLK_STS_AGAIN in raid1_read$/);
});

test("a read that a device without REQ_NOWAIT did not take punts for that", () => {
  const read = { opcode: 22, mode: 0o100600, magic: 0xef53 };
  const { cause, evidence } = attributionOf(-529, [refused(NOTSUPP, SPLIT + 1n)], read);
  assert.equal(cause, "no-nowait");
  assert.match(evidence, /: its bio ended with BLK_STS_NOTSUPP in raid1_read$/);
});

test("until Linux 6.3 the device below decides whether a request is tried inline, and after that the open file", () => {
  const older = { major: 6, minor: 1, patch: 0 };
  for (const opcode of [WRITE, 22]) {
    const file = { opcode, mode: 0o100600, magic: 0xef53, fileMode: 0 };
    const { cause, evidence } = onKernel(older, 0, [], { ...file, deviceWaits: true });
    assert.equal(cause, "no-nowait");
    assert.equal(evidence, "the device of the file has no QUEUE_FLAG_NOWAIT");
    assert.notEqual(onKernel(older, 0, [], file).cause, "no-nowait");
    assert.equal(attributionOf(0, [], file).evidence, "the open file has no FMODE_NOWAIT");
  }
});
