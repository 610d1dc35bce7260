import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";
import { loadOrder } from "../../../bench/lab/image/modules.js";
import { moduleTree, noModuleTools } from "./module-tree.js";

const root = mkdtempSync(join(tmpdir(), "puntbench-modules-"));
after(() => rmSync(root, { recursive: true, force: true }));
const temporary = join(root, "temporary");
const skip = noModuleTools;

let folder = "";
before(() => {
  if (skip) return;
  folder = moduleTree(
    root,
    [
      { path: "kernel/fs/xfs.ko", needs: "crc32c" },
      { path: "kernel/lib/libcrc32c.ko", exports: "crc32c", info: "softdep=pre: crc32c" },
      { path: "kernel/crypto/crc32c-intel.ko", info: "alias=crc32c" },
      { path: "kernel/crypto/crc32c_generic.ko", info: "alias=crc32c" },
      { path: "kernel/drivers/virtio_pci.ko", needs: "virtio_ring" },
      { path: "kernel/drivers/virtio_ring.ko", needs: "virtio", exports: "virtio_ring" },
      { path: "kernel/drivers/virtio.ko", exports: "virtio" },
    ],
    ["kernel/fs/ext4/ext4.ko", "kernel/drivers/char/virtio_console.ko"],
  );
});

const stepsFor = (...wanted: string[]) =>
  loadOrder({ release: "6.1.0-x", folder }, wanted, temporary);
const names = async (...wanted: string[]) =>
  (await stepsFor(...wanted)).map((step) => basename(step.path));

test("a module comes after everything that it needs, each once", { skip }, async () => {
  const expected = ["virtio.ko", "virtio_ring.ko", "virtio_pci.ko"];
  assert.deepEqual(await names("virtio_pci", "virtio"), expected);
  assert.equal(existsSync(temporary), false);
});

test("a soft dependency brings every module behind its alias first, and the guest may miss those", {
  skip,
}, async () => {
  const steps = await stepsFor("xfs");
  const required = Object.fromEntries(steps.map((step) => [basename(step.path), step.required]));
  assert.deepEqual(required, {
    "crc32c-intel.ko": false,
    "crc32c_generic.ko": false,
    "libcrc32c.ko": false,
    "xfs.ko": true,
  });
  assert.equal(basename(steps.at(-1)?.path ?? ""), "xfs.ko");
});

test("built-in modules need no file", { skip }, async () => {
  assert.deepEqual(await names("ext4", "virtio_console"), []);
});

test("a module that the kernel does not have is named", { skip }, async () => {
  await assert.rejects(names("nvme", "ext4"), /kernel 6\.1\.0-x has no module nvme, which/);
});

test("names are the same with - and with _", { skip }, async () => {
  assert.deepEqual(await stepsFor("crc32c_intel"), [
    { path: "kernel/crypto/crc32c-intel.ko", required: true },
  ]);
});

test("a folder that depmod has not seen is refused by name", async () => {
  const kernel = { release: "6.1.0-x", folder: root };
  await assert.rejects(loadOrder(kernel, ["ext4"], temporary), /no modules\.dep\.bin/);
});
