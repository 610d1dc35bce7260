import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ALIASES, OPTIONS } from "../../../bench/fio/option-table.js";
import { scenarioOfJob } from "../../../bench/fio/scenario-of-job.js";
import { packageRoot } from "../../../terminal/package-root.js";

const EASY = { ioengine: "io_uring", direct: "1", rw: "write", size: "4m" };

function translated(options: Record<string, string | null>) {
  return scenarioOfJob({ name: "job", options: new Map(Object.entries({ ...EASY, ...options })) });
}

test("a job without more than the necessary has fio's defaults", () => {
  const { scenario, problems } = translated({});
  assert.deepEqual(problems, []);
  assert.deepEqual(scenario, {
    preparation: "fallocate-0",
    arm: "inline",
    queueDepth: 1,
    blockSizeBytes: 4096,
    fileSizeBytes: 4 << 20,
    order: "sequential",
    intervalNs: 0,
    registeredBuffers: false,
  });
});

const READ: [options: Record<string, string | null>, expected: object][] = [
  [
    { rw: "randwrite", iodepth: "32" },
    { order: "random-next", queueDepth: 32 },
  ],
  [{ readwrite: "randwrite", rw: "randwrite" }, { order: "random-next" }],
  [{ rw: "randwrite", random_generator: "lfsr" }, { order: "random" }],
  [{ rw: "randwrite", random_generator: "tausworthe64" }, { order: "random-next" }],
  [{ rw: "randwrite", norandommap: null, overwrite: "1" }, { order: "random" }],
  [{ bsrange: "4k-64k" }, { blockSizeBytes: 4096, blockSizeMaxBytes: 65536 }],
  [{ blocksize_range: "4k-8k,8k-64k" }, { blockSizeBytes: 8192, blockSizeMaxBytes: 65536 }],
  [
    { rw: "read", bsrange: "4k-8k,8k-64k" },
    { operation: "read", blockSizeBytes: 4096, blockSizeMaxBytes: 8192 },
  ],
  [{ bsrange: "8k-8k" }, { blockSizeBytes: 8192 }],
  [{ thinktime: "0" }, { intervalNs: 0 }],
  [{ thinktime: "100" }, { thinkRequests: 1, thinkTimeNs: 100_000 }],
  [
    { thinktime: "2ms", thinktime_blocks: "16", iodepth: "8" },
    { thinkRequests: 16, thinkTimeNs: 2e6 },
  ],
  [
    { thinktime: "2ms", thinktime_blocks: "4", iodepth: "8", thinktime_blocks_type: "issue" },
    { thinkRequests: 4, thinkTimeNs: 2e6 },
  ],
  [{ blocksize: "8k,16k" }, { blockSizeBytes: 16384 }],
  [
    { bs: "64K", size: "100k" },
    { blockSizeBytes: 65536, fileSizeBytes: 65536 },
  ],
  [{ fallocate: "none" }, { preparation: "no-fallocate" }],
  [{ fallocate: "0" }, { preparation: "no-fallocate" }],
  [{ fallocate: "keep" }, { preparation: "keep-size" }],
  [{ fallocate: "posix" }, { preparation: "fallocate-0" }],
  [{ fallocate: "none", overwrite: "1" }, { preparation: "dd-prefill" }],
  [{ overwrite: null }, { preparation: "dd-prefill" }],
  [{ rate_iops: "100,2000" }, { intervalNs: 500_000 }],
  [
    { rw: "read", rate_iops: "100,2000" },
    { operation: "read", intervalNs: 10_000_000 },
  ],
  [
    { rw: "randread", bs: "8k,16k" },
    { operation: "read", blockSizeBytes: 8192 },
  ],
  [
    { rw: "randrw", bs: "8k,8k" },
    { operation: "readwrite", blockSizeBytes: 8192 },
  ],
  [{ bs: "8k," }, { blockSizeBytes: 8192 }],
  [{ overwrite: "1", time_based: null, runtime: "30" }, { durationNs: 30e9 }],
  [{ ramp_time: "500ms" }, { rampNs: 5e8 }],
  [{ fixedbufs: null, registerfiles: null }, { registeredBuffers: true }],
  [{ force_async: "1" }, { arm: "forced" }],
  [{ registerfiles: null }, { registeredBuffers: false, fixedFiles: true }],
  [
    { rw: "randread", fallocate: "none" },
    { order: "random-next", operation: "read", preparation: "dd-prefill" },
  ],
  [
    { rw: "rw", rwmixread: "70" },
    { operation: "readwrite", readPercent: 70 },
  ],
  [{ direct: "0" }, { io: "buffered" }],
  [{ direct: "0", uncached: "1" }, { io: "uncached" }],
  [{ sync: "dsync" }, { durability: "o_dsync" }],
  [{ nonvectored: "0" }, { vectored: true }],
  [
    { nrfiles: "4", size: "4m" },
    { files: 4, fileSizeBytes: 4 << 20 },
  ],
  [
    { numjobs: "2", nrfiles: "3", size: "4m" },
    { rings: 2, files: 6, fileSizeBytes: 8 << 20 },
  ],
  [{ sqthread_poll: null }, { ring: "sqpoll" }],
  [{ hipri: null }, { ring: "iopoll" }],
  [{ fsync: "32" }, { durability: "group-fsync", groupWrites: 32 }],
  [
    { fsync: "0", fdatasync: null },
    { durability: "group-fdatasync", groupWrites: 1 },
  ],
  [{ fdatasync: "8" }, { durability: "group-fdatasync", groupWrites: 8 }],
];

for (const [options, expected] of READ) {
  test(`a job with ${JSON.stringify(options)} becomes ${JSON.stringify(expected)}`, () => {
    const { scenario, problems } = translated(options);
    assert.deepEqual(problems, []);
    assert.deepEqual({ ...scenario, ...expected }, scenario);
  });
}

const UNSUPPORTED: Record<string, string | null>[] = [
  { rw: "trim" },
  { size: "10%" },
  { size: "4kib" },
  { sync: "1" },
  { fsync: "32", fdatasync: "32" },
  { fsync: "32", rw: "randrw" },
  { bsrange: "4k-10k" },
  { bsrange: "4k" },
  { bsrange: "4k-8k", bs: "4k" },
  { random_generator: "xorshift" },
  { rw: "randrw", bs: "4k,8k" },
  { rw: "randrw", rate_iops: "1000" },
  { bssplit: "4k/50:8k/50" },
  { thinktime: "100", thinktime_blocks: "4", iodepth: "8" },
  { thinktime: "100", thinktime_blocks_type: "late" },
  { thinktime: "100", rate_iops: "100" },
  { thinktime: "100", fsync: "8" },
  { thinktime: "100", thinktime_spin: "50" },
  { thinktime: "100", thinktime_iotime: "1s" },
  { thinktime: "soon" },
  { force_async: "4" },
  { fallocate: "truncate" },
  { time_based: null, runtime: "5" },
  { norandommap: null, rw: "randwrite" },
  { fixedbufs: "1" },
  { exec_prerun: "rm -rf /" },
  { filename: "/dev/sda" },
  { numjobs: "2", filename: "one" },
  { fdatasync: "1", rw: "randread" },
  { hipri: null, sqthread_poll: null },
  { no_such_option: "1" },
];

for (const options of UNSUPPORTED) {
  test(`a job with ${JSON.stringify(options)} is refused, with what it would need`, () => {
    const { scenario, problems } = translated(options);
    assert.equal(scenario, null);
    assert.equal(problems.length, 1, problems.join());
    assert.match(problems[0] as string, /\(.+\)|without|alone|default/);
  });
}

test("all options that are not supported are named at once", () => {
  const { problems } = translated({ rw: "trim", fsync: "x", thinktime: "x", foo: null });
  assert.equal(problems.length, 4);
});

test("what a job implies is said: its preparation, and which options were left out", () => {
  const { notes } = translated({ group_reporting: null, directory: "/data", runtime: "5" });
  assert.match(notes.join("; "), /fio's default, is the preparation fallocate-0.*hides the punts/);
  assert.match(notes.join("; "), /runtime is only a limit/);
  assert.match(notes.join("; "), /ignored: group_reporting, directory$/);
});

/** Named in the description of the feature; each must at least be known. */
const PROMISED =
  "rw bs bsrange size iodepth direct sync fsync fdatasync fallocate overwrite nrfiles numjobs rate_iops thinktime thinktime_blocks thinktime_blocks_type runtime " +
  "time_based ramp_time rwmixread fixedbufs registerfiles sqthread_poll hipri force_async iodepth_batch " +
  "iodepth_batch_submit iodepth_batch_complete_min iodepth_batch_complete_max";

test("every option that storage jobs commonly use is in the table", () => {
  const unknown = PROMISED.split(" ").filter(
    (name) => OPTIONS[ALIASES[name] ?? name] === undefined,
  );
  assert.deepEqual(unknown, []);
});

function page(): string {
  const rows = Object.entries(OPTIONS).map(([name, rule]) => {
    if (rule.use === "read") return `| \`${name}\` | read | ${rule.how} |`;
    if (rule.use === "ignored") return `| \`${name}\` | ignored | ${rule.why} |`;
    const allowed = rule.values.map((value) => `\`${value}\``).join(" or ");
    const what = allowed === "" ? "error" : `error, unless ${allowed}`;
    return `| \`${name}\` | ${what} | ${rule.needs} |`;
  });
  return [
    "# What `bench --fio` does with fio's options",
    "",
    "Read: it decides the scenario. Error: it changes what is measured, and the bench cannot do it. Ignored: it does not",
    "change which writes punt. An option that is not listed is an error. Generated from option-table.ts by",
    "test/bench/fio/scenario-of-job.test.ts with PUNTBENCH_UPDATE=1.",
    "",
    `Other names: ${Object.entries(ALIASES)
      .map(([other, name]) => `\`${other}\` is \`${name}\``)
      .join(", ")}.`,
    "",
    "| option | what happens | how, or why |",
    "| --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

test("options.md lists the options as the code treats them", () => {
  const file = join(packageRoot(), "bench", "fio", "options.md");
  if (process.env.PUNTBENCH_UPDATE === "1") writeFileSync(file, page());
  assert.ok(existsSync(file));
  assert.equal(readFileSync(file, "utf8"), page());
});
