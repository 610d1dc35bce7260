import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { driver } from "./kernel.js";

/** Hits of io_uring's tracepoints by "process opcode inode", as bpftrace counts them. */
export interface IndependentCounts {
  requests: Record<string, number>;
  /** Handed to io-wq after a refused attempt. */
  punts: Record<string, number>;
  /** Handed to io-wq without an attempt. The file may not be known at that moment, so the inode is left out. */
  forced: Record<string, number>;
}

/** bpftrace says that it has attached its probes before it does: so its first hit is waited for. */
const PROGRAM = `
tracepoint:io_uring:io_uring_complete /!@seen/ { @seen = 1; printf("first hit\\n"); }
tracepoint:io_uring:io_uring_complete /args->req != 0/ {
  $r = (struct io_kiocb *)args->req;
  @requests[pid, $r->opcode, $r->file->f_inode->i_ino] = count();
}
tracepoint:io_uring:io_uring_queue_async_work /(args->flags & 16) == 0/ {
  $r = (struct io_kiocb *)args->req;
  @punts[pid, $r->opcode, $r->file->f_inode->i_ino] = count();
}
tracepoint:io_uring:io_uring_queue_async_work /(args->flags & 16) != 0/ {
  @forced[pid, args->opcode] = count();
}`;

/** bpftrace looks tracepoints up in tracefs. Where no one has mounted it, it is for bpftrace alone. */
const WITH_TRACEFS = `[ -d /sys/kernel/tracing/events ] || mount -t tracefs tracefs /sys/kernel/tracing
exec bpftrace "$@"`;

/** Counts the requests of all processes while `work` runs. */
export async function countedIndependently<T>(
  work: () => Promise<T>,
): Promise<[T, IndependentCounts]> {
  const shell = ["sh", "-c", WITH_TRACEFS, "bpftrace"];
  const bpftrace = spawn("unshare", ["--mount", ...shell, "-f", "json", "-e", PROGRAM]);
  const ended = once(bpftrace, "close");
  let output = "";
  let errors = "";
  bpftrace.stderr.on("data", (text) => {
    errors += text;
  });
  try {
    bpftrace.stdout.on("data", (text) => {
      output += text;
    });
    while (!output.includes("first hit")) {
      assert.equal(bpftrace.exitCode, null, errors);
      await driver.runNops({ operations: 1, queueDepth: 1, forced: false, countPunts: false });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const result = await work();
    bpftrace.kill("SIGINT");
    await ended;
    return [result, parsed(output)];
  } finally {
    bpftrace.kill("SIGKILL");
  }
}

function parsed(output: string): IndependentCounts {
  const counts: IndependentCounts = { requests: {}, punts: {}, forced: {} };
  for (const line of output.split("\n").filter((text) => text.startsWith('{"type": "map"'))) {
    for (const [map, values] of Object.entries(JSON.parse(line).data)) {
      Object.assign(counts[map.slice(1) as keyof IndependentCounts] ?? {}, values);
    }
  }
  return counts;
}
