import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { puntbench } from "../support/puntbench.js";
import { writeFixture } from "./fixture.js";

const folder = mkdtempSync(join(tmpdir(), "puntbench-hostile-"));
after(() => rmSync(folder, { recursive: true }));

const small = { rounds: 2, writes: 32, queueDepths: [8] } as const;
const LABEL = "=6.1\ntouch /tmp/owned\u001b[31m";
const a = writeFixture(join(folder, "a.jsonl"), { kernelLabel: LABEL, seed: 1, ...small });
const b = writeFixture(join(folder, "b.jsonl"), { kernelLabel: "6.12", seed: 2, ...small });

const commands = [
  ["report", a, b, "--out", join(folder, "report")],
  ["compare", a, b],
  ["plan", "--iops", "100k", "--p99", "1ms", "--results", a, b],
  ["export", a, b],
] as const;

for (const args of commands) {
  test(`${args[0]} shows a label with a newline and an escape sequence in one line, escaped`, async () => {
    const { code, stdout, stderr } = await puntbench([...args]);
    assert.ok(code === 0 || code === 4, stderr);
    const shown =
      args[0] === "report" ? readFileSync(join(folder, "report/report.md"), "utf8") : stdout;
    assert.ok(!`${shown}${stderr}`.includes("\u001b"));
    assert.doesNotMatch(shown, /^touch/m);
    assert.match(shown, /touch \/tmp\/owned\\+x1b/);
    if (args[0] === "export") assert.match(shown, /^'=6\.1/m);
  });
}

test("the bench refuses such a label with exit code 2", async () => {
  const { code, stderr } = await puntbench(["bench", "--kernel-label", LABEL]);
  assert.equal(code, 2);
  assert.match(stderr, /--kernel-label =6\.1\\ntouch .* holds a control character/);
});

test("a report into a place that cannot hold folders fails at once", async () => {
  const { code, stderr } = await puntbench(["report", b, "--out", "/proc/puntbench/x"]);
  assert.equal(code, 1);
  assert.match(stderr, /cannot write the report/);
});
