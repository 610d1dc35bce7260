import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { diagnose } from "../../../bench/doctor/diagnose.js";
import type { Finding } from "../../../bench/doctor/finding.js";
import { noTmpfs, scratchFolder, tmpfs } from "../../support/kernel.js";
import { puntbench } from "../../support/puntbench.js";
import { healthy } from "./healthy-host.js";

const folder = scratchFolder();

test("the doctor finds this host fit to measure, as the other tests measure on it", async () => {
  const { code, stdout, stderr } = await puntbench(["doctor", folder, "--json"]);
  assert.equal(code, 0, stderr + stdout);
  const { fit, findings }: { fit: boolean; findings: Finding[] } = JSON.parse(stdout);
  assert.equal(fit, true);
  const checked = new Set(findings.map(({ check }) => check));
  const missing = diagnose(healthy()).filter(({ check }) => !checked.has(check));
  assert.deepEqual(missing, [], "every check gives its finding");
  const unexplained = findings.filter(
    ({ severity, why, remedy }) => severity !== "ok" && !(why && remedy),
  );
  assert.deepEqual(unexplained, []);
  assert.deepEqual(readdirSync(folder), [], "the doctor writes nothing");
});

test("a blocker is exit code 1, named first, with the remedy", {
  skip: noTmpfs,
}, async () => {
  const { code, stdout } = await puntbench(["doctor", tmpfs ?? "/"]);
  assert.equal(code, 1);
  assert.match(stdout, /^blocker {2}.*tmpfs\n +why: .*\n +do: {2}/m);
  assert.match(stdout, /Not fit to measure: 1 blocker/);
});

test("a path that is not a directory is refused with exit code 2", async () => {
  for (const place of ["/nonexistent", "/etc/passwd"]) {
    const { code, stdout, stderr } = await puntbench(["doctor", place]);
    assert.equal(code, 2, stderr);
    assert.equal(stdout, "");
    assert.ok(stderr.trimEnd().split("\n").length <= 2, stderr);
  }
});
