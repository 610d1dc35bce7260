import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cannotRun, isRoot, noTmpfs, notRoot, scratchFolder, tmpfs } from "../../support/kernel.js";
import { type Outcome, puntbench } from "../../support/puntbench.js";
import { onlyRunBelow, trialsIn } from "../../support/results.js";

const folder = scratchFolder();
const QUICK = ["bench", "--quick", "--preparations", "dd-prefill", "--queue-depths", "8"];

/** Without any capability root is an ordinary user for the kernel, and can still read this checkout. */
const WITHOUT_CAPABILITIES = ["--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all"];

/** One line that says what is wrong, one with the remedy; no stack trace; nothing left behind. */
function assertRefused(outcome: Outcome, code: number, message: RegExp): void {
  assert.equal(outcome.code, code, outcome.stderr);
  assert.match(outcome.stderr, message);
  assert.doesNotMatch(outcome.stderr, /\bat .*\.js:\d+/);
  assert.equal(outcome.stdout, "");
  assert.ok(outcome.stderr.trimEnd().split("\n").length <= 3, outcome.stderr);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith("puntbench-")),
    [],
  );
}

const refused: [string, string[], RegExp][] = [
  ["a directory that does not exist", ["--dir", join(folder, "nowhere")], /does not exist/],
  ["a directory on tmpfs", ["--dir", tmpfs ?? "/"], /on tmpfs, which cannot do O_DIRECT/],
  ["a file in place of a directory", ["--dir", "/etc/passwd"], /is not a directory/],
  [
    "more space than there is",
    ["--dir", folder, "--block-size", "1M", "--file-size", "4T"],
    /not enough space/,
  ],
  [
    "more space than allowed",
    ["--dir", folder, "--max-space", "1M", "--file-size", "2M"],
    /more than the 1 MiB it may use \(--max-space\)/,
  ],
  [
    "a queue deeper than the file is long",
    ["--dir", folder, "--queue-depths", "64", "--file-size", "64k"],
    /queue depth 64 is more than the 16 writes/,
  ],
  [
    "buffers that would take the host's memory",
    ["--dir", folder, "--queue-depths", "2048", "--block-size", "1M"],
    /needs more than 1 GiB of buffers/,
  ],
  ["an unknown preparation", ["--preparations", "magic"], /unknown value 'magic'/],
  ["results in a place that cannot hold them", ["--dir", folder, "--out", "/proc/x"], /--out/],
  ["an unknown option", ["--bogus"], /unknown option '--bogus'/],
];

for (const [what, args, message] of refused) {
  test(`${what} is refused in one line with exit code 2`, {
    skip: what.endsWith("tmpfs") && noTmpfs,
  }, async () => {
    assertRefused(await puntbench([...QUICK, "--out", folder, ...args]), 2, message);
  });
}

test("a read-only directory is refused by name", { skip: notRoot }, async () => {
  const where = join(folder, "read-only");
  mkdirSync(where);
  // In a new mount namespace, so that the mount ends with the test.
  const script = `mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"`;
  const outcome = await puntbench([...QUICK, "--out", folder, "--dir", where], {
    prefix: ["unshare", "--mount", "sh", "-c", script, "sh", where],
  });
  assertRefused(outcome, 2, /is on a read-only filesystem/);
});

test("without io_uring the message names the sysctl", { skip: notRoot }, async (context) => {
  const sysctl = "/proc/sys/kernel/io_uring_disabled";
  if (!existsSync(sysctl)) {
    context.skip("SKIPPED, this kernel has no kernel.io_uring_disabled (6.6)");
    return;
  }
  const before = readFileSync(sysctl, "utf8");
  try {
    writeFileSync(sysctl, "2");
    const outcome = await puntbench([...QUICK, "--dir", folder, "--out", folder]);
    assertRefused(outcome, 1, /io_uring is disabled on this system: kernel.io_uring_disabled = 2/);
  } finally {
    writeFileSync(sysctl, before);
  }
});

test("a full disk ends the run, and the failed trial is on record", {
  skip: notRoot,
}, async (context) => {
  const image = join(folder, "small.img");
  const mount = join(folder, "small");
  mkdirSync(mount);
  writeFileSync(image, Buffer.alloc(24 << 20));
  if (spawnSync("mkfs.ext4", ["-q", "-F", "-m", "0", image]).status !== 0) {
    context.skip("SKIPPED, mkfs.ext4 is not installed");
    return;
  }
  if (spawnSync("mount", ["-o", "loop", image, mount]).status !== 0) {
    context.skip("SKIPPED, loop devices cannot be mounted here");
    return;
  }
  try {
    const outcome = await puntbench(
      [
        ...QUICK,
        "--preparations",
        "no-fallocate",
        "--dir",
        mount,
        "--out",
        join(folder, "full"),
        "--file-size",
        "8M",
        "--max-space",
        "1G",
        "--rounds",
        "1000",
      ],
      {
        // Room enough when it was checked, gone when it is needed.
        onStderr: (text) => {
          if (text.includes("round 1/1000 done")) {
            spawnSync("fallocate", ["-l", "64M", join(mount, "hog")]);
            spawnSync("dd", ["if=/dev/zero", `of=${join(mount, "hog2")}`, "bs=1M", "count=64"]);
          }
        },
      },
    );
    assert.equal(outcome.code, 1, outcome.stderr);
    assert.match(outcome.stderr, /ENOSPC/);
    assert.match(outcome.stderr, /Free space in --dir/);
    const failed = trialsIn(onlyRunBelow(join(folder, "full"))).filter(
      ({ status }) => status === "failed",
    );
    assert.equal(failed.length, 1);
    assert.match(failed[0]?.reason ?? "", /ENOSPC/);
    assert.deepEqual(
      readdirSync(mount).filter((name) => name.startsWith("puntbench-")),
      [],
    );
  } finally {
    spawnSync("umount", [mount]);
  }
});

test("an ordinary user measures everything but punts, and is told how to get them", {
  skip: isRoot && cannotRun("setpriv", ...WITHOUT_CAPABILITIES, "true"),
}, async () => {
  const where = join(folder, "ordinary");
  mkdirSync(where);
  chmodSync(where, 0o1777);
  const outcome = await puntbench(
    [...QUICK, "--json", "--dir", where, "--out", join(where, "out")],
    { prefix: isRoot ? ["setpriv", ...WITHOUT_CAPABILITIES] : [] },
  );
  assert.equal(outcome.code, 0, outcome.stderr);
  const printed = JSON.parse(outcome.stdout);
  assert.match(printed.warnings[0], /punts are not counted: .*run as root/);
  assert.equal(printed.scenarios.length, 2);
  for (const scenario of printed.scenarios) {
    assert.equal(scenario.puntRatio, null);
    assert.ok(scenario.iops > 0);
    assert.ok(scenario.workersPeak !== null);
  }
});
