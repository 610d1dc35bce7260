import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { packageRoot } from "../../terminal/package-root.js";
import { cannotListPrograms, tracingPrograms, unheldPrograms } from "./unheld-programs.js";

const object = join(packageRoot(), "native/build/Release/watch.bpf.o");
const skip =
  cannotListPrograms() ??
  (process.getuid?.() !== 0 || !existsSync(object) ? "needs root and the BPF programs" : false);

/** A bpffs that nobody else uses; what is pinned there stays in the kernel without a process. */
function ownBpffs(): string {
  const folder = mkdtempSync(join(tmpdir(), "puntbench-bpffs-"));
  execFileSync("mount", ["-t", "bpf", "none", folder]);
  after(() => {
    execFileSync("umount", [folder]);
    rmdirSync(folder);
  });
  return folder;
}

test("a BPF program that stays without a process is found", { skip }, async () => {
  const before = new Set(tracingPrograms().map(({ id }) => id));
  execFileSync("bpftool", ["prog", "load", object, join(ownBpffs(), "left")]);
  const found = await unheldPrograms(before);
  assert.equal(found.length, 1, found.join("\n"));
  assert.match(found[0] as string, /^BPF program \d+ /);
});
