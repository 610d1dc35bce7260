import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { labCommand } from "../../../bench/lab/command.js";
import { parseLabOptions, type RawLabOptions } from "../../../bench/lab/options.js";
import { commandLine } from "../../../bench/lab/session/lab.js";
import { puntbench } from "../../support/puntbench.js";

const RAW: RawLabOptions = { ...labCommand().opts(), kernels: "6.1, 6.12,6.1" };

const parse = (change: Partial<RawLabOptions>, bench: string[] = []) =>
  parseLabOptions({ ...RAW, ...change }, bench);

test("kernels are listed once each, and the bench's options pass through as they are", () => {
  const options = parse({}, ["--quick", "--rounds", "3"]);
  assert.deepEqual(options.kernels, ["6.1", "6.12"]);
  assert.deepEqual(options.commands, [{ name: "bench", options: ["--quick", "--rounds", "3"] }]);
});

test("a filesystem that Debian's kernels for virtual machines lack brings the other flavour with it", () => {
  assert.equal(parse({}).flavour, "cloud-amd64");
  assert.equal(parse({ filesystems: "ext4,f2fs" }).flavour, "amd64");
  assert.equal(parse({ filesystems: "f2fs", flavour: "rt-amd64" }).flavour, "rt-amd64");
});

test("instructions are counted on one processor, on a device inside the guest, without signs of life", () => {
  const { settings } = parse({ cost: "instructions" });
  assert.equal(settings.accelerator, "tcg-icount");
  assert.equal(settings.cpus, 1);
  assert.equal(settings.device, "null_blk");
  assert.equal(settings.limits.silenceMs, null);
  assert.throws(() => parse({ cost: "instructions", cpus: "2" }), /one processor/);
  assert.throws(() => parse({ cost: "instructions", accelerator: "kvm" }), /cannot count/);
});

test("explain takes the place of the bench, and may print JSON", () => {
  const options = parse({ explain: true, json: true }, []);
  assert.deepEqual(options.commands, [{ name: "explain", options: ["--json"] }]);
  assert.throws(() => parse({ explain: true, cost: "instructions" }), /--explain traces/);
});

test("a replay takes the place of the bench, with the replay's options", () => {
  const options = parse({ replay: "wal.pbrec" }, ["--pace", "as-fast-as-possible"]);
  assert.deepEqual(options.commands, [
    { name: "replay", options: ["--pace", "as-fast-as-possible"] },
  ]);
  assert.deepEqual(options.settings.input, { file: "wal.pbrec" });
  assert.throws(() => parse({ replay: "wal.pbrec" }, ["--quick"]), /unknown option '--quick'/);
  assert.throws(() => parse({ replay: "wal.pbrec" }, ["--dir", "/x"]), /sets this option/);
  assert.throws(() => parse({ replay: "wal.pbrec", explain: true }), /goes with neither/);
  assert.throws(() => parse({ replay: "wal.pbrec", kernels: "host" }), /--replay on host/);
});

test("the job file of --fio reaches a guest with its variables and included files, at the guest's own path", () => {
  const folder = mkdtempSync(join(tmpdir(), "puntbench-lab-fio-"));
  process.env.PUNTBENCH_TEST_SIZE = "1m";
  try {
    writeFileSync(join(folder, "more.fio"), "ioengine=io_uring\nrw=write\n");
    const file = join(folder, "job.fio");
    writeFileSync(
      file,
      ["[global]", "include more.fio", `size=\${PUNTBENCH_TEST_SIZE}`, "[a]", "[b]", "bs=8k"].join(
        "\n",
      ),
    );
    for (const options of [["--fio", file, "--rounds", "1"], [`--fio=${file}`]]) {
      const { settings, commands, about } = parse({}, options);
      const jobs = ["ioengine=io_uring", "rw=write", "size=1m"];
      const text = `${["[a]", ...jobs, "[b]", ...jobs, "bs=8k"].join("\n")}\n`;
      assert.deepEqual(settings.input, { text });
      assert.match(about.join("; "), /fio's default, is the preparation fallocate-0/);
      const words = commandLine("6.1", commands[0]);
      assert.ok(!words.join(" ").includes(folder));
      assert.match(words.join(" "), /--fio[ =]\/tmp\/input/);
    }
    writeFileSync(join(folder, "more.fio"), `ioengine=io_uring\nrw=write\ndescription=\${WORDS}\n`);
    process.env.WORDS = "a ; b";
    assert.throws(() => parse({}, ["--fio", file]), /description: a variable of the environment/);
    assert.throws(() => parse({}, ["--fio", join(folder, "none.fio")]), /cannot be read/);
    assert.throws(() => parse({}, ["--fio", file, "--operation", "read"]), /exclude each other/);
  } finally {
    delete process.env.PUNTBENCH_TEST_SIZE;
    delete process.env.WORDS;
    rmSync(folder, { recursive: true });
  }
});

const REFUSED: [string, Partial<RawLabOptions>, string[], RegExp][] = [
  ["no kernel", { kernels: undefined as never }, [], /no kernel is named/],
  ["an empty list", { kernels: " , " }, [], /--kernels is empty/],
  ["an unknown filesystem", { filesystems: "zfs" }, [], /unknown value 'zfs'/],
  ["a layer below no filesystem", { filesystems: "block", stack: "lvm" }, [], /--stack needs/],
  ["a mount of no filesystem", { filesystems: "block", mountOptions: "a" }, [], /needs a filesys/],
  ["files on no filesystem", { filesystems: "block", replay: "a.pbrec" }, [], /--replay needs/],
  ["an unknown device", { device: "floppy" }, [], /unknown value 'floppy'/],
  ["no boots", { boots: "0" }, [], /--boots 0/],
  ["a time without unit", { timeout: "5" }, [], /--timeout 5: not a duration/],
  ["a tiny memory", { memory: "4k" }, [], /--memory is too small/],
  ["a tiny disk", { disk: "1M" }, [], /--disk is too small/],
  ["an image without modules", { kernelImage: "/boot/vmlinuz" }, [], /go together/],
  ["the bench's --dir", {}, ["--dir", "/mnt"], /--dir: the lab sets this option/],
  ["the bench's --out=", {}, ["--out=/mnt"], /lab sets this option/],
  ["an option that nobody knows", {}, ["--qiuck"], /unknown option '--qiuck'/],
  ["an option without its value", {}, ["--rounds"], /argument missing/],
  ["a word that is no option", {}, ["6.12"], /too many arguments/],
  ["a preparation that is none", {}, ["--preparations", "prefill"], /unknown value 'prefill'/],
  ["a block size of the bench", {}, ["--block-size", "5000"], /--block-size 5000/],
  ["an option of explain without --explain", {}, ["--trace-only"], /unknown option '--trace-only'/],
  ["a backend that is none", { explain: true }, ["--backend", "magic"], /--backend/],
  [
    "arms that explain cannot trace",
    { explain: true },
    ["--arms", "psync"],
    /cannot punt|can punt/,
  ],
];

for (const [name, change, bench, message] of REFUSED) {
  test(`refused as wrong usage: ${name}`, () => {
    assert.throws(
      () => parse(change, bench),
      (error: Error & { exitCode: number; remedy: string }) => {
        assert.match(error.message, message);
        assert.notEqual(error.remedy, "");
        return error.exitCode === 2;
      },
    );
  });
}

test("a wrong option of the bench ends the lab before anything is fetched, also with --dry-run", async () => {
  const folder = mkdtempSync(join(tmpdir(), "puntbench-lab-options-"));
  for (const extra of [[], ["--dry-run"]]) {
    const args = ["lab", "--kernels", "6.1", "--rounds", "many", ...extra];
    const { code, stderr } = await puntbench(args, { env: { XDG_CACHE_HOME: folder } });
    assert.equal(code, 2);
    assert.match(stderr, /--rounds many/);
    assert.deepEqual(readdirSync(folder), []);
  }
  rmSync(folder, { recursive: true });
});
