import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { UserError } from "../../terminal/errors.js";
import { packageRoot } from "../../terminal/package-root.js";
import type { Achieved, Load } from "./contender.js";

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

export function bareOverwrite(program: string, load: Load): Achieved {
  const { wallNs, cpuNs } = runBare(program, load.file, load);
  return { iops: (load.writes / wallNs) * 1e9, cpuNsPerWrite: cpuNs / load.writes };
}

/** CPU ns per NOP through the bare loop. Other programs make wall time longer, but not this. */
export function bareNopNs(program: string, operations: number, queueDepth: number): number {
  const load = { queueDepth, blockSizeBytes: 4096, writes: operations };
  return runBare(program, "nop", load).cpuNs / operations;
}

function runBare(program: string, target: string, load: Omit<Load, "file">) {
  const args = [target, load.queueDepth, load.blockSizeBytes, load.writes].map(String);
  const [wallNs, cpuNs] = execFileSync(program, args, { encoding: "utf8" }).split(" ").map(Number);
  return { wallNs: wallNs as number, cpuNs: cpuNs as number };
}
