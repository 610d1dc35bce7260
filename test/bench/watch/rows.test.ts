import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { packageRoot } from "../../../terminal/package-root.js";
import { cannotRun, scratchFolder } from "../../support/kernel.js";
import { sumOf, tryToWatch } from "../../support/watching.js";

const folder = scratchFolder();
const { watch, skip } = tryToWatch({ everything: true });
after(() => watch?.close());

const IORING_OP_READ = 22;
/** WATCH_ROWS of native/bpf/watch.h, the most on any machine. */
const MOST_ROWS = 8192;

/** Lets a program read each of so many new files once; the rows of its reads. */
async function readFiles(program: string, first: number, count: number) {
  const child = spawn(program, [join(folder, "many"), String(first), String(count)]);
  const [code] = await once(child, "exit");
  assert.equal(code, 0);
  return (watch?.take() ?? []).filter(
    ({ process, opcode }) => process === child.pid && opcode === IORING_OP_READ,
  );
}

test("more files than there are rows: what is not counted is counted as lost, and idle rows make room again", {
  skip: skip || cannotRun("cc", "--version"),
}, async () => {
  const program = join(folder, "many-files");
  const source = join(packageRoot(), "test/support/many-files.c");
  execFileSync("cc", ["-o", program, source, "-luring"]);
  mkdirSync(join(folder, "many"));
  watch?.take();
  const lostBefore = watch?.lost().requests ?? 0;
  const files = MOST_ROWS + 1000;
  const rows = await readFiles(program, 0, files);
  const lost = (watch?.lost().requests ?? 0) - lostBefore;
  assert.ok(rows.length > 0 && rows.length < files, `${rows.length} rows`);
  // Other programs may have had requests that found no row, too.
  assert.ok(sumOf(rows, (row) => row.requests) + lost >= files);
  assert.ok(rows.length + lost >= files && lost >= files - MOST_ROWS, `${lost} lost`);
  // Rows leave in two steps.
  watch?.take();
  watch?.take();
  watch?.take();
  const lostLater = watch?.lost().requests ?? 0;
  const later = await readFiles(program, files, 1000);
  assert.equal(
    sumOf(later, (row) => row.requests),
    1000,
  );
  assert.equal(watch?.lost().requests, lostLater);
});
