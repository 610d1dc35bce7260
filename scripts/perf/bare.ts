import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { UserError } from "../../terminal/errors.js";
import { packageRoot } from "../../terminal/package-root.js";
import type { Achieved, Load, PerfRing } from "./contender.js";

/** Compiles bare-loop.cc into `folder`. */
export function buildBareLoop(folder: string): string {
  const program = join(folder, "bare-loop");
  const source = join(packageRoot(), "scripts/perf/bare-loop.cc");
  try {
    execFileSync("c++", ["-O2", "-std=c++20", "-o", program, source, "-luring"], { stdio: "pipe" });
  } catch (error) {
    throw new UserError(
      `the bare loop cannot be compiled: ${(error as Error).message.split("\n")[0]}`,
      "Run ./scripts/bootstrap.",
    );
  }
  return program;
}

export function bareOverwrite(program: string, load: Load, ring: PerfRing): Achieved {
  const { wallNs, cpuNs, calls } = runBare(program, load.file, load, ring);
  const { writes } = load;
  return {
    iops: (writes / wallNs) * 1e9,
    cpuNsPerWrite: cpuNs / writes,
    callsPerWrite: calls / writes,
  };
}

/** CPU ns per NOP through the bare loop, with the ring that the driver uses for its NOPs. Other programs make wall time longer, but not this. */
export function bareNopNs(program: string, operations: number, queueDepth: number): number {
  const load = { queueDepth, blockSizeBytes: 4096, writes: operations };
  return runBare(program, "nop", load, "defer").cpuNs / operations;
}

function runBare(program: string, target: string, load: Omit<Load, "file">, ring: PerfRing) {
  const args = [target, load.queueDepth, load.blockSizeBytes, load.writes, ring].map(String);
  const output = execFileSync(program, args, { encoding: "utf8" });
  const [wallNs, cpuNs, calls] = output.split(" ").map(Number) as [number, number, number];
  return { wallNs, cpuNs, calls };
}
