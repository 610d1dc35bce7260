import assert from "node:assert/strict";
import { release } from "node:os";
import { test } from "node:test";
import { benchCommand } from "../../../bench/run/command.js";
import { scenariosOf, shuffledRound } from "../../../bench/run/matrix.js";
import { parseOptions, type RawOptions } from "../../../bench/run/options.js";
import { UsageError } from "../../../terminal/errors.js";

/** What commander makes of a command line, without running anything. */
function options(...argv: string[]) {
  const command = benchCommand();
  command.parseOptions(argv);
  return parseOptions(command.opts() as RawOptions);
}

const rejected: [string, string[]][] = [
  ["an unknown preparation", ["--preparations", "dd-prefill,foo"]],
  ["an empty list", ["--preparations", ","]],
  ["queue depth 0", ["--queue-depths", "0"]],
  ["queue depth 100000", ["--queue-depths", "100000"]],
  ["a queue depth that is no number", ["--queue-depths", "8x"]],
  ["block size 1000", ["--block-size", "1000"]],
  ["a block size above 4 MiB", ["--block-size", "8M"]],
  ["an unknown operation", ["--operation", "mmap"]],
  ["a share of reads above 99 %", ["--operation", "readwrite:100"]],
  ["a share of reads for writes", ["--operation", "write:70"]],
  ["no io-wq worker", ["--iowq-workers", "0"]],
  ["an unknown durability", ["--durability", "maybe"]],
  ["a file that holds no whole number of blocks", ["--block-size", "4k", "--file-size", "6k"]],
  ["an interval without a unit", ["--interval", "10"]],
  ["an unknown arm", ["--arms", "inline,mmap"]],
  ["an unknown order", ["--order", "zigzag"]],
  ["zero rounds", ["--rounds", "0"]],
  ["a negative seed", ["--seed", "-1"]],
  ["an empty label", ["--kernel-label", " "]],
];

for (const [what, argv] of rejected) {
  test(`${what} is a usage error with a remedy`, () => {
    assert.throws(
      () => options(...argv),
      (error) => error instanceof UsageError && error.exitCode === 2 && error.remedy.length > 0,
    );
  });
}

test("the default matrix is every preparation inline at three depths, and the forced control", () => {
  const scenarios = scenariosOf(options());
  assert.equal(scenarios.length, 18);
  assert.equal(scenarios.filter((s) => s.arm === "forced").length, 3);
  assert.ok(scenarios.every((s) => s.arm === "inline" || s.preparation === "dd-prefill"));
  assert.deepEqual([...new Set(scenarios.map((s) => s.queueDepth))], [1, 8, 32]);
});

test("the kernel label defaults to the running kernel's release", () => {
  assert.equal(options().kernelLabel, release());
});

test("arms that are asked for apply to every preparation", () => {
  const scenarios = scenariosOf(options("--arms", "inline,psync", "--queue-depths", "4,8"));
  assert.equal(scenarios.filter((s) => s.arm === "inline").length, 10);
  // psync has one write under way at a time, so that depth is not a dimension of it.
  assert.deepEqual(
    scenarios.filter((s) => s.arm === "psync").map((s) => s.queueDepth),
    [1, 1, 1, 1, 1],
  );
});

test("a paced trial lasts about two seconds unless a file size is given", () => {
  const [paced] = scenariosOf(options("--interval", "10ms"));
  assert.equal(paced?.fileSizeBytes, 200 * 4096);
  const [sized] = scenariosOf(options("--interval", "10ms", "--file-size", "1M"));
  assert.equal(sized?.fileSizeBytes, 1 << 20);
});

test("a round holds every scenario once, in an order that seed and round decide", () => {
  const scenarios = scenariosOf(options());
  const first = shuffledRound(scenarios, 7, 0);
  assert.deepEqual(first, shuffledRound(scenarios, 7, 0));
  assert.notDeepEqual(first, shuffledRound(scenarios, 7, 1));
  assert.notDeepEqual(first, shuffledRound(scenarios, 8, 0));
  assert.deepEqual(new Set(first), new Set(scenarios));
  assert.equal(first.length, scenarios.length);
});
