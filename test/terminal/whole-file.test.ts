import assert from "node:assert/strict";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { writeWhole } from "../../terminal/whole-file.js";

const folder = mkdtempSync(join(tmpdir(), "puntbench-whole-"));
after(() => rmSync(folder, { recursive: true }));

test("a file is written whole, with its mode, and nothing is left beside it", async () => {
  const path = join(folder, "file");
  await writeWhole(path, "old");
  await writeWhole(path, "new", { mode: 0o600 });
  assert.equal(readFileSync(path, "utf8"), "new");
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(folder), ["file"]);
});

test("a link in the place of the file is replaced, and what it names stays as it was", async () => {
  const [foreign, path] = [join(folder, "foreign"), join(folder, "link")];
  writeFileSync(foreign, "of somebody else");
  symlinkSync(foreign, path);
  await writeWhole(path, "ours");
  assert.equal(readFileSync(foreign, "utf8"), "of somebody else");
  assert.equal(readFileSync(path, "utf8"), "ours");
});

test("what cannot be renamed leaves nothing behind", async () => {
  const taken = join(folder, "taken");
  mkdirSync(taken);
  const before = readdirSync(folder);
  await assert.rejects(writeWhole(taken, "text"), { code: "EISDIR" });
  assert.deepEqual(readdirSync(folder), before);
});
