import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { writeArchive } from "../../../bench/lab/image/cpio.js";
import { findProgram } from "../../../terminal/find-program.js";

const busybox = findProgram("busybox");
/** GNU's, which shares no code with the writer, where it is installed. */
const reader = findProgram("cpio") === null ? [busybox ?? "", "cpio"] : ["cpio"];

/** Names that a filesystem allows, and that begin with a letter so that no two of them are the same path. */
const name = fc
  .string({ unit: "binary", minLength: 0, maxLength: 40 })
  .map((text) => `n${text.replaceAll(/[/\0\n\ud800-\udfff]/gu, "_")}`.slice(0, 60));
const files = fc.uniqueArray(
  fc.record({
    path: fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join("/")),
    content: fc.uint8Array({ maxLength: 5000 }),
  }),
  { minLength: 1, maxLength: 12, selector: ({ path }) => path.split("/")[0] },
);

test("whatever the files are called and hold, another reader gets the same names and bytes from the archive", {
  skip: busybox === null && "SKIPPED, needs busybox",
}, async () => {
  const property = fc.asyncProperty(files, async (made) => {
    const folder = mkdtempSync(join(tmpdir(), "puntbench-cpio-"));
    try {
      const [from, to, archive] = ["from", "to", "archive.cpio"].map((each) => join(folder, each));
      mkdirSync(to as string);
      for (const { path, content } of made) {
        const file = join(from as string, path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content);
      }
      const paths = made.map(({ path }) => path);
      await writeArchive(busybox as string, from as string, paths, archive as string);
      const [program = "", ...options] = reader;
      const args = [...options, "-i", "-d", "-F", archive as string];
      const { status, stderr } = spawnSync(program, args, { cwd: to as string, encoding: "utf8" });
      assert.equal(status, 0, stderr);
      for (const { path, content } of made) {
        assert.deepEqual(new Uint8Array(readFileSync(join(to as string, path))), content, path);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
  await fc.assert(property, { numRuns: 40, seed: 1 });
});
