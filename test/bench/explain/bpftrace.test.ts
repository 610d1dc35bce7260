import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { bpftraceProgram, parseLine } from "../../../bench/explain/backends/bpftrace-program.js";
import { PROBES, type Probe } from "../../../bench/explain/backends/events.js";
import type { ExplainReport } from "../../../bench/explain/explain.js";
import { parseFormat } from "../../../bench/explain/tracing/event-format.js";
import { findProgram } from "../../../terminal/find-program.js";
import { noPuntCounter, scratchFolder } from "../../support/kernel.js";
import { puntbench } from "../../support/puntbench.js";

const skip =
  noPuntCounter ||
  (findProgram("bpftrace") === null && "SKIPPED, needs bpftrace: ./scripts/bootstrap --dev");
const folder = scratchFolder();
const place = ["--dir", folder, "--out", folder, "--trace-only", "--file-size", "256k"];

const FORMAT = `name: xfs_iomap_found
ID: 7
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;

	field:xfs_ino_t ino;	offset:8;	size:8;	signed:0;
	field:loff_t offset;	offset:16;	size:8;	signed:1;
	field:__data_loc char[] op_str;	offset:24;	size:4;	signed:1;
`;
const submitterName = "puntbench-trial";
const probeNamed = (name: string) => PROBES.find((probe) => probe.name === name) as Probe;

test("the program prints each field by its sign, and defines what the kernel does not describe", () => {
  const tracepoint = { group: "xfs", format: parseFormat(FORMAT), ofAllThreads: false };
  const program = bpftraceProgram([tracepoint], [], submitterName, (type) => type === "loff_t");
  assert.match(program, /^#define xfs_ino_t unsigned long long$/m);
  assert.doesNotMatch(program, /define loff_t/);
  assert.match(
    program,
    /^tracepoint:xfs:xfs_iomap_found \/comm == "puntbench-trial" \|\| .+\/ \{ printf\("E %llu %d xfs_iomap_found ino=%llu offset=%lld\\n", nsecs, tid, \(uint64\)args->ino, \(int64\)args->offset\); \}$/m,
  );
});

test("a function is reached by its types where they are known, else by a kprobe", () => {
  const attachments = [
    { probe: probeNamed("write_xfs"), btfModule: "xfs" },
    { probe: probeNamed("write_xfs_ret"), btfModule: null },
    { probe: probeNamed("write_ext4"), btfModule: null },
  ];
  const program = bpftraceProgram([], attachments, submitterName, () => true);
  assert.match(program, /^kfunc:xfs:xfs_file_write_iter .+\(int64\)args->iocb->ki_pos/m);
  assert.match(program, /^kretprobe:xfs_file_write_iter .+\(int64\)retval/m);
  assert.match(program, /^kprobe:ext4_file_write_iter .+\$iocb = \(struct kiocb \*\)arg0;/m);
});

test("printed lines become events, addresses stay exact, losses are counted", () => {
  assert.deepEqual(parseLine("E 12 34 write_ext4 req=18446615140122942464 pos=-1"), {
    timeNs: 12,
    tid: 34,
    name: "write_ext4",
    fields: { req: 18446615140122942464n, pos: -1 },
  });
  assert.deepEqual(parseLine("T 99"), { heartbeatNs: 99 });
  assert.deepEqual(parseLine("Lost 7 events"), { lost: 7 });
  assert.equal(parseLine("Attaching 12 probes..."), null);
});

test("bpftrace and the tracepoints read directly give the same causes", { skip }, async () => {
  const options = ["-p", "keep-size,dd-prefill", "-q", "1", "--arms", "inline", "--json"];
  const seen = async (backend: string): Promise<ExplainReport> => {
    const outcome = await puntbench(["explain", ...place, ...options, "--backend", backend]);
    assert.equal(outcome.code, 0, outcome.stderr);
    return JSON.parse(outcome.stdout);
  };
  const byBpftrace = await seen("bpftrace");
  const byTracepoints = await seen("tracepoints");
  assert.match(byBpftrace.backendWhat, /^bpftrace, /);
  const causes = ({ scenarios }: ExplainReport) =>
    scenarios.map(({ writes, punts, causes: found }) => [writes, punts, found[0]?.cause ?? null]);
  assert.deepEqual(causes(byBpftrace), causes(byTracepoints));
  assert.deepEqual(causes(byBpftrace), [
    [64, 64, "extends-size"],
    [64, 0, null],
  ]);
});

test("bpftrace ends by itself when explain was killed", { skip }, async () => {
  const slow = ["-p", "dd-prefill", "--arms", "inline", "-q", "1", "--interval", "100ms"];
  const before = running();
  let whileTracing: string[] = [];
  await puntbench(["explain", ...place, ...slow, "--backend", "bpftrace"], {
    onStderr: (text, kill) => {
      if (!text.includes("traced trials")) return;
      whileTracing = running();
      kill("SIGKILL");
    },
  });
  assert.ok(whileTracing.length > before.length, "it was running");
  for (let waited = 0; running().length > before.length && waited < 50; waited += 1) {
    await sleep(100);
  }
  assert.deepEqual(running(), before);
  const { code } = await puntbench(["explain", ...place, "-p", "keep-size", "-q", "1", "--json"]);
  assert.equal(code, 0);
});

function running(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => commandOf(pid) === "bpftrace");
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "";
  }
}
