import assert from "node:assert/strict";
import { test } from "node:test";
import type { Explanation } from "../../../results/schema.js";
import { noPuntCounter, scratchFolder } from "../../support/kernel.js";
import { puntbench } from "../../support/puntbench.js";

const folder = scratchFolder();
const explained = (...args: string[]) =>
  puntbench([
    ...["explain", "--trace-only", "--quick", "--json", "-q", "4", "-a", "inline", ...args],
    ...["--dir", folder, "--out", folder, "--file-size", "256k"],
  ]);

test("requests that no rule knows are explained too, and predicted as not established", {
  skip: noPuntCounter,
}, async () => {
  const { code, stdout, stderr } = await explained(
    ...[
      "-p",
      "dd-prefill",
      "--durability",
      "none,o_dsync,group-fdatasync:8",
      "--operation",
      "write,statx",
    ],
  );
  assert.equal(code, 0, stderr);
  const found: Explanation[] = JSON.parse(stdout).scenarios;
  const [plain, durable, grouped, statx] = found;
  assert.equal(found.length, 4);
  for (const one of [plain, durable]) {
    assert.deepEqual([one?.punts, one?.predicted[0]?.punts], [0, false]);
  }
  assert.deepEqual([grouped?.writes, grouped?.punts], [64 + 8, 8]);
  for (const { predicted } of [grouped, statx] as Explanation[]) {
    assert.deepEqual(
      predicted.map(({ cause, punts }) => [cause, punts]),
      [["not-established", null]],
    );
  }
  for (const one of [grouped, statx] as Explanation[]) {
    if (one.punts > 0)
      assert.deepEqual(
        one.causes.map(({ cause }) => cause),
        ["blocking-operation"],
      );
  }
  assert.match(stderr, /skipped dd-prefill, statx, o_dsync at depth 4/);
});

test("a write that has an fdatasync linked behind it is given its own cause, and is counted once", {
  skip: noPuntCounter,
}, async () => {
  const linked = ["--durability", "linked-fdatasync", "--io", "direct"];
  const { code, stdout, stderr } = await explained("-p", "no-fallocate,dd-prefill", ...linked);
  assert.equal(code, 0, stderr);
  const [extending, overwriting]: Explanation[] = JSON.parse(stdout).scenarios;
  const writesOf = (one: Explanation | undefined) =>
    one?.causes.filter(({ cause }) => cause !== "blocking-operation") ?? [];
  assert.deepEqual([extending?.writes, overwriting?.writes], [64 + 64, 64 + 64]);
  const causes = writesOf(extending);
  assert.ok(!causes.some(({ cause }) => cause === "unknown"), JSON.stringify(causes));
  assert.equal(
    causes.reduce((sum, { punts }) => sum + punts, 0),
    64,
  );
  assert.ok(writesOf(overwriting).every(({ cause }) => cause === "timestamp"));
});

test("explain refuses what has several submitting threads", async () => {
  const { code, stderr } = await explained("--rings", "2");
  assert.equal(code, 2);
  assert.match(stderr, /follows one thread that submits/);
});
