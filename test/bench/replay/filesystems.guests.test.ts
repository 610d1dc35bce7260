import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { ReplayLine } from "../../../results/replay.js";
import type { Header } from "../../../results/schema.js";
import { findProgram } from "../../../terminal/find-program.js";
import { skip as noLab } from "../../support/guest.js";
import { scratchFolder } from "../../support/kernel.js";
import { puntbench } from "../../support/puntbench.js";
import { fioJob, recordFio } from "../../support/recording.js";
import { tryToWatch } from "../../support/watching.js";

const folder = scratchFolder();
const { watch, skip: noWatch } = tryToWatch();
watch?.close();
const noFio = findProgram("fio") === null && "SKIPPED, needs fio: ./scripts/bootstrap --dev";

/** What the results files of a lab say of the writes of their only replay, by filesystem. */
function replayedWrites(results: string): Map<string, { puntRatio: number; causes: string[] }> {
  const files = readdirSync(results, { recursive: true, encoding: "utf8" });
  const runs = files
    .filter((name) => name.endsWith(".jsonl"))
    .map((name) => readFileSync(join(results, name), "utf8").trim().split("\n"))
    .map((lines) => lines.map((line) => JSON.parse(line)) as [Header, ReplayLine]);
  return new Map(
    runs.map(([header, replay]) => {
      const writes = replay.files.find(({ operation }) => operation.startsWith("write"));
      assert.ok(writes !== undefined && writes.requests === WRITES, JSON.stringify(replay.files));
      const causes = writes.causes.map(({ cause }) => cause);
      const type = header.environment.filesystem?.type ?? "unknown";
      return [type, { puntRatio: writes.punts / writes.requests, causes }];
    }),
  );
}

const WRITES = 512;

// XFS of 6.1 punts about one write in each clock tick, for its timestamp: in a slow guest these may be many.
test("a recording is replayed on another filesystem: on 6.1 unwritten blocks punt on ext4, and on XFS only timestamps", {
  skip: noLab || noWatch || noFio,
}, async () => {
  const job = fioJob(join(folder, "preallocated"), WRITES, "--rw=write", "--fallocate=posix");
  const { output, outcome } = await recordFio(folder, "preallocated", job);
  assert.equal(outcome.code, 0, outcome.stderr);
  const results = join(folder, "results");
  const guests = ["--kernels", "6.1", "--filesystems", "ext4,xfs", "--accelerator", "tcg"];
  const replay = ["--replay", output, "--pace", "as-fast-as-possible"];
  const lab = await puntbench(["lab", ...guests, ...replay, "--out", results]);
  assert.equal(lab.code, 0, lab.stderr);
  const seen = replayedWrites(results);
  assert.deepEqual([...seen.keys()].sort(), ["ext4", "xfs"]);
  const [ext4, xfs] = [seen.get("ext4"), seen.get("xfs")];
  assert.ok((ext4?.puntRatio ?? 0) > 0.95, JSON.stringify(ext4));
  assert.ok(ext4?.causes.includes("unwritten"), JSON.stringify(ext4));
  assert.deepEqual(
    xfs?.causes.filter((cause) => cause !== "timestamp" && cause !== "lock-contended"),
    [],
    JSON.stringify(xfs),
  );
});
