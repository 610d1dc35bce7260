import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { disagreements, workloads } from "../../analysis/estimates/workload.js";
import { analyse } from "../../analysis/loading/analysis.js";
import { readParts } from "../../results/recording/reader.js";
import { packageRoot } from "../../terminal/package-root.js";

const reference = join(packageRoot(), "results", "reference");
const recording = join(reference, "mariadb.pbrec");

test("the reference holds replays of its recording on five kernels, and on its own kernel it agrees", async () => {
  const { replayed, problems, runs } = await analyse([reference]);
  assert.deepEqual(problems, []);
  assert.deepEqual(
    runs.flatMap(({ warnings }) => warnings),
    [],
  );
  const sha256 = createHash("sha256").update(readFileSync(recording)).digest("hex");
  const [workload, ...others] = workloads(replayed);
  assert.deepEqual(others, []);
  assert.equal(workload?.recording.sha256, sha256);
  const labels = new Set(replayed.map(({ subject }) => subject.kernelLabel));
  assert.deepEqual([...labels], ["6.1", "6.12", "6.18", "7.2", "7.3"]);
  assert.ok(workload?.places.some(({ isRecorded }) => isRecorded));
  assert.deepEqual(disagreements(replayed), []);
});

test("the reference recording is small, whole and without names", () => {
  assert.ok(statSync(recording).size < 2 ** 20);
  const parts = readParts(recording);
  let part = parts.next();
  let requests = 0;
  for (; !part.done; part = parts.next()) {
    if (part.value.kind === "block")
      requests += part.value.block.ring.filter((ring) => ring > 0).length;
    else assert.doesNotMatch(JSON.stringify(part.value.line), /\/|ibd|mariadb/i);
  }
  assert.equal(part.value, null, "damaged");
  assert.equal(requests, 7789);
});
