import assert from "node:assert/strict";
import { test } from "node:test";
import { loadOrder, moduleDatabase } from "../../../bench/lab/image/modules.js";

const DATABASE = moduleDatabase({
  dep: [
    "kernel/fs/xfs/xfs.ko.xz: kernel/lib/libcrc32c.ko.xz",
    "kernel/lib/libcrc32c.ko.xz:",
    "kernel/fs/btrfs/btrfs.ko: kernel/lib/raid6/raid6_pq.ko kernel/lib/libcrc32c.ko.xz kernel/crypto/xor.ko",
    "kernel/lib/raid6/raid6_pq.ko:",
    "kernel/crypto/xor.ko:",
    "kernel/drivers/virtio/virtio_pci.ko: kernel/drivers/virtio/virtio_ring.ko kernel/drivers/virtio/virtio.ko",
    "kernel/drivers/virtio/virtio_ring.ko: kernel/drivers/virtio/virtio.ko",
    "kernel/drivers/virtio/virtio.ko:",
    "kernel/arch/x86/crypto/crc32c-intel.ko:",
    "kernel/crypto/crc32c_generic.ko:",
  ].join("\n"),
  builtin: "kernel/fs/ext4/ext4.ko\nkernel/drivers/char/virtio_console.ko\n",
  softdep:
    "# Soft dependencies\nsoftdep libcrc32c pre: crc32c\nsoftdep btrfs pre: crc32c xxhash64 post: nothing\n",
  alias: "alias crypto-crc32c crc32c_intel\nalias crypto-crc32c crc32c_generic\nalias fs-xfs xfs\n",
});

const names = (wanted: string[]) =>
  loadOrder(DATABASE, wanted).steps.map((step) => step.path.split("/").at(-1));

test("a module comes after everything that it needs, each once", () => {
  assert.deepEqual(names(["virtio_pci"]), ["virtio.ko", "virtio_ring.ko", "virtio_pci.ko"]);
});

test("a soft dependency brings every module behind its alias first, and none of them must load", () => {
  const { steps, missing } = loadOrder(DATABASE, ["xfs"]);
  assert.deepEqual(
    steps.map((step) => [step.path.split("/").at(-1), step.optional]),
    [
      ["crc32c-intel.ko", true],
      ["crc32c_generic.ko", true],
      ["libcrc32c.ko.xz", false],
      ["xfs.ko.xz", false],
    ],
  );
  assert.deepEqual(missing, []);
});

test("built-in modules need no file", () => {
  assert.deepEqual(names(["ext4", "virtio-console"]), []);
});

test("a module that the kernel has in no form is named", () => {
  assert.deepEqual(loadOrder(DATABASE, ["nvme", "ext4"]).missing, ["nvme"]);
});

test("names are the same with - and with _", () => {
  assert.deepEqual(names(["crc32c_intel"]), ["crc32c-intel.ko"]);
});
