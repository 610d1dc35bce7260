import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { loadDriver } from "../../native/index.js";
import { packageRoot } from "../../terminal/package-root.js";

const folder = mkdtempSync(join(tmpdir(), "puntbench-lock-"));
after(() => rmSync(folder, { recursive: true }));
const driver = loadDriver();
const open = (name: string) => openSync(join(folder, name), "a+");

test("one descriptor holds an exclusive lock, and closing it gives the lock to the next", () => {
  const [first, second] = [open("a"), open("a")];
  assert.equal(driver.lockFile(first, "exclusive"), true);
  assert.equal(driver.lockFile(second, "exclusive"), false);
  assert.equal(driver.lockFile(second, "shared"), false);
  closeSync(first);
  assert.equal(driver.lockFile(second, "exclusive"), true);
  closeSync(second);
});

test("many descriptors share a lock, and none of them is exclusive meanwhile", () => {
  const [first, second] = [open("b"), open("b")];
  assert.equal(driver.lockFile(first, "shared"), true);
  assert.equal(driver.lockFile(second, "shared"), true);
  assert.equal(driver.lockFile(second, "exclusive"), false);
  for (const fd of [first, second]) closeSync(fd);
});

test("the kernel releases the lock of a process that SIGKILL ended", async () => {
  const code = `import { openSync } from "node:fs";
    import { loadDriver } from ${JSON.stringify(pathToFileURL(join(packageRoot(), "dist/native/index.js")).href)};
    console.log(loadDriver().lockFile(openSync(${JSON.stringify(join(folder, "c"))}, "a+"), "exclusive"));
    setInterval(() => {}, 1000);`;
  const args = ["--input-type=module", "-e", code];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const [printed] = await once(child.stdout, "data");
  assert.equal(String(printed), "true\n");
  const fd = open("c");
  assert.equal(driver.lockFile(fd, "exclusive"), false);
  child.kill("SIGKILL");
  await once(child, "close");
  assert.equal(driver.lockFile(fd, "exclusive"), true);
  closeSync(fd);
});

test("a closed descriptor and an unknown kind of lock are errors", () => {
  const fd = open("d");
  closeSync(fd);
  assert.throws(() => driver.lockFile(fd, "shared"), { code: "EBADF", syscall: "flock" });
  assert.throws(() => driver.lockFile(0, "both" as "shared"), TypeError);
});
