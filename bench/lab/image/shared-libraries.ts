import { realpath } from "node:fs/promises";
import { run } from "../host/process.js";

const LDD_TIMEOUT_MS = 20_000;

/**
 * The shared libraries that programs load, as absolute paths, the loader included; none for a static
 * program. From ldd, so only for programs that this machine trusts anyway.
 */
export async function sharedLibraries(programs: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const program of programs) {
    const { stdout } = await run("ldd", [program], {
      timeoutMs: LDD_TIMEOUT_MS,
      package: "libc-bin",
    });
    for (const path of librariesIn(stdout)) found.add(path);
  }
  return [...found].sort();
}

/** Paths in the output of ldd: `libm.so.6 => /lib/.../libm.so.6 (0x...)` and `/lib64/ld-linux... (0x...)`. */
export function librariesIn(output: string): string[] {
  return output
    .split("\n")
    .map((line) => /(?:=>\s+|^\s+)(\/\S+)\s+\(0x/.exec(line)?.[1])
    .filter((path) => path !== undefined);
}

/** The file behind links, or the path itself when there is none. */
export async function resolved(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}
