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

test("explain refuses what has several submitting threads", async () => {
  const { code, stderr } = await explained("--rings", "2");
  assert.equal(code, 2);
  assert.match(stderr, /follows one thread that submits/);
});
