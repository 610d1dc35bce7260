import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { exportParquet } from "../../../analysis/parquet/write.js";
import { packageRoot } from "../../../terminal/package-root.js";
import { writeFleet } from "../../analysis/fixture-fleet.js";
import { scratchFolder } from "../../support/kernel.js";

const folder = scratchFolder();
const program = join(packageRoot(), "dist/scripts/fleet/ask.js");
const ask = (...words: string[]) =>
  spawnSync(process.execPath, [program, ...words], { cwd: folder, encoding: "utf8" });

test("the ten questions of an export are answered as tables, with the DuckDB of this checkout", async () => {
  const small = { rounds: 2, writes: 64, queueDepths: [1], kernelLabel: "6.1" };
  const hosts = ["web1", "web2\u001b[31m"].map((host, seed) => ({ host, seed, ...small }));
  await exportParquet([writeFleet(folder, hosts)], join(folder, "it's parquet"));
  const { status, stdout, stderr } = ask("it's parquet");
  assert.equal(status, 0, stderr);
  assert.equal(stdout.match(/^\d+\. .*\?$/gm)?.length, 10, stdout);
  assert.match(stdout, /^host +kernels +all_writes/m);
  assert.match(stdout, /^web1 +1 /m);
  assert.ok(!stdout.includes("\u001b"));
});

test("a folder that is no export is named, with what makes one", () => {
  for (const [words, said] of [
    [[], /no export is named/],
    [["none"], /none is no export/],
  ] as const) {
    const { status, stderr } = ask(...words);
    assert.equal(status, 2);
    assert.match(stderr, said);
    assert.match(stderr, /--format parquet/);
  }
});
