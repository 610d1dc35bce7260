import assert from "node:assert/strict";
import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { ProbeReport } from "../../../bench/probe/probe.js";
import type { ProbeVerdict } from "../../../bench/probe/verdict.js";
import { PREPARATIONS, type Preparation } from "../../../results/vocabulary.js";
import {
  cannotRun,
  driver,
  noPuntCounter,
  noTmpfs,
  notRoot,
  scratchFolder,
  smallTrial,
  tmpfs,
} from "../../support/kernel.js";
import { CLI, type Launch, puntbench } from "../../support/puntbench.js";
import { rulesSay } from "../../support/rules.js";

const folder = scratchFolder();
chmodSync(folder, 0o1777);

const NOBODY: [string, ...string[]] = [
  "setpriv",
  "--reuid=65534",
  "--regid=65534",
  "--clear-groups",
];

async function report(args: string[], launch: Launch = {}): Promise<ProbeReport> {
  const { code, stdout, stderr } = await puntbench(["probe", folder, "--json", ...args], launch);
  assert.equal(code, 0, stderr);
  assert.deepEqual(readdirSync(folder), [], "the probe leaves nothing behind");
  return JSON.parse(stdout);
}

/** What the tracepoint counts, back to back and with a pause that is longer than a clock tick. */
async function counted(preparation: Preparation, blockSizeBytes: number): Promise<ProbeVerdict> {
  const ratio = async (intervalNs: number, writes: number) => {
    const measurement = await driver.runTrial(
      smallTrial(folder, {
        preparation,
        blockSizeBytes,
        intervalNs,
        fileSizeBytes: writes * blockSizeBytes,
        queueDepth: 1,
        countPunts: true,
      }),
    );
    assert.ok(measurement.puntCount !== null);
    return measurement.puntCount / writes;
  };
  // The first write of an inode may punt whatever its preparation.
  if ((await ratio(0, 512)) > 0.9) return "punts";
  return (await ratio(20e6, 10)) > 0.8 ? "tick" : "inline";
}

for (const blockSizeBytes of [4096, 8192]) {
  test(`the probe agrees with the tracepoint in every preparation, ${blockSizeBytes} bytes`, {
    skip: noPuntCounter,
  }, async () => {
    driver.openPuntCounter();
    const { preparations } = await report(["--block-size", String(blockSizeBytes)]);
    for (const preparation of PREPARATIONS) {
      const found = preparations.find((row) => row.preparation === preparation);
      if (found?.cause === "unsupported-preparation") continue;
      assert.equal(found?.verdict, await counted(preparation, blockSizeBytes), preparation);
    }
  });
}

test("an ordinary user gets the same verdicts from all three oracles", {
  skip: notRoot || cannotRun(...NOBODY, "test", "-r", CLI),
}, async () => {
  const root = await report([]);
  const nobody = await report([], { prefix: NOBODY });
  assert.deepEqual(nobody.unavailable, { ioUring: null, pwritev2: null, libaio: null });
  const verdicts = ({ preparations }: ProbeReport) =>
    preparations.map(({ preparation, verdict, oracles }) => ({ preparation, verdict, oracles }));
  assert.deepEqual(verdicts(nobody), verdicts(root));
});

test("the three oracles agree with each other", async () => {
  const { preparations } = await report([]);
  const supported = preparations.filter(({ cause }) => cause !== "unsupported-preparation");
  assert.ok(supported.length >= 4, "four of the preparations work on every filesystem");
  for (const { preparation, oracles } of supported) {
    const answers = [...new Set(Object.values(oracles))];
    assert.equal(answers.length, 1, `${preparation}: ${JSON.stringify(oracles)}`);
    assert.match(answers[0] ?? "no answer", /^(ok|EAGAIN|EOPNOTSUPP)$/, preparation);
  }
});

const SWITCH = "/proc/sys/kernel/io_uring_disabled";
function settableSwitch(): string | false {
  if (notRoot) return notRoot;
  try {
    return readFileSync(SWITCH, "utf8").trim() === "0" ? false : "SKIPPED, io_uring is disabled";
  } catch {
    return "SKIPPED, this kernel has no kernel.io_uring_disabled (Linux 6.6)";
  }
}

test("where io_uring is forbidden, the two other oracles answer, and the report says so", {
  skip: settableSwitch(),
}, async () => {
  const allowed = await report([]);
  writeFileSync(SWITCH, "2");
  try {
    const forbidden = await report([]);
    assert.match(forbidden.unavailable.ioUring ?? "", /kernel\.io_uring_disabled = 2/);
    assert.deepEqual(
      forbidden.preparations.map(({ verdict }) => verdict),
      allowed.preparations.map(({ verdict }) => verdict),
    );
    assert.ok(forbidden.preparations.every(({ oracles }) => oracles.ioUring === null));
  } finally {
    writeFileSync(SWITCH, "0");
  }
});

/** How long the command runs, in seconds. */
async function timed(...args: string[]): Promise<{ seconds: number; stdout: string }> {
  const startedAt = performance.now();
  const { code, stdout, stderr } = await puntbench(args);
  assert.equal(code, 0, stderr);
  return { seconds: (performance.now() - startedAt) / 1000, stdout };
}

test("the answer for people comes within seconds, and names cause and cure", async () => {
  // How long a start of Node.js takes tells how slow and how busy this machine is.
  const start = await timed("probe", "--help");
  const { seconds, stdout } = await timed("probe", folder);
  if (rulesSay(folder, "no-fallocate") === true) {
    assert.match(stdout, /no-fallocate +punts +EAGAIN +EAGAIN +EAGAIN/);
  }
  assert.match(stdout, /in the kernel: /);
  assert.ok(seconds < 2 + 3 * start.seconds, `${seconds} s, and ${start.seconds} s for --help`);
});

const refused: [string, string[], RegExp][] = [
  ["a directory that does not exist", [join(folder, "nowhere")], /does not exist/],
  ["a file", [CLI], /is not a directory/],
  ["tmpfs", [tmpfs ?? "/"], /on tmpfs, which cannot do O_DIRECT/],
  ["a place that cannot hold files", ["/proc"], /cannot hold a new directory/],
  ["a block smaller than any device's", [folder, "--block-size", "100"], /not from 512 to 1M/],
  ["a block that O_DIRECT refuses", [folder, "--block-size", "700"], /in multiples of/],
];

for (const [what, args, message] of refused) {
  test(`${what} is refused in one line with exit code 2`, {
    skip: what === "tmpfs" && noTmpfs,
  }, async () => {
    const { code, stdout, stderr } = await puntbench(["probe", ...args]);
    assert.equal(code, 2, stderr);
    assert.equal(stdout, "");
    assert.match(stderr, message);
    assert.ok(stderr.trimEnd().split("\n").length <= 2, stderr);
  });
}
