import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../terminal/package-root.js";

const built = new Map<string, string>();

/** Builds `programs/<name>.cc` once for a run, and returns its path. Throws where there is no compiler. */
export function buildProgram(name: string, flags: readonly string[] = []): string {
  const known = built.get(name);
  if (known !== undefined) return known;
  const folder = mkdtempSync(join(tmpdir(), `puntbench-${name}-`));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, name);
  const source = join(packageRoot(), "test", "faults", "programs", `${name}.cc`);
  execFileSync("c++", ["-std=c++20", "-O1", "-Wall", "-Wextra", "-o", program, source, ...flags]);
  built.set(name, program);
  return program;
}
