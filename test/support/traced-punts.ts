import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const BUFFER_KIB = 16_384;
const TRACEPOINT = "io_uring_queue_async_work";

/**
 * Counts hits of the tracepoint at which a request is handed to io-wq, by thread, while `work` runs. It uses
 * tracefs alone, so that it is independent of BPF. Fails when the kernel's buffer was too small.
 */
export async function tracedPunts<T>(work: () => Promise<T>): Promise<[T, Map<number, number>]> {
  const mount = mkdtempSync(join(tmpdir(), "puntbench-tracefs-"));
  execFileSync("mount", ["-t", "tracefs", "tracefs", mount]);
  const instance = join(mount, "instances", `puntbench-test-${process.pid}`);
  try {
    mkdirSync(instance);
    try {
      writeFileSync(join(instance, "buffer_size_kb"), String(BUFFER_KIB));
      writeFileSync(join(instance, "events/io_uring", TRACEPOINT, "enable"), "1");
      const result = await work();
      writeFileSync(join(instance, "events/io_uring", TRACEPOINT, "enable"), "0");
      return [result, hitsByThread(instance)];
    } finally {
      rmdirSync(instance);
    }
  } finally {
    execFileSync("umount", [mount]);
    rmdirSync(mount);
  }
}

function hitsByThread(instance: string): Map<number, number> {
  for (const cpu of readdirSync(join(instance, "per_cpu"))) {
    const stats = readFileSync(join(instance, "per_cpu", cpu, "stats"), "utf8");
    if (!/^overrun: 0$/m.test(stats)) throw new Error(`the buffer of ${cpu} was too small`);
  }
  const hits = new Map<number, number>();
  // "   fio-1234    [000] ..... 12.345678: io_uring_queue_async_work: ring ..."; a name may hold spaces and dashes.
  for (const line of readFileSync(join(instance, "trace"), "utf8").split("\n")) {
    const thread = /-(\d+)\s+\[\d+\].*?: io_uring_queue_async_work: /.exec(line)?.[1];
    if (thread !== undefined) hits.set(Number(thread), (hits.get(Number(thread)) ?? 0) + 1);
  }
  return hits;
}
