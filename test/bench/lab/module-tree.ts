import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { findProgram } from "../../../terminal/find-program.js";

/** One module of a made-up kernel. */
export interface FakeModule {
  /** Below the folder of the kernel's modules. */
  path: string;
  exports?: string;
  needs?: string;
  /** `softdep=pre: crc32c` or `alias=crc32c`. */
  info?: string;
}

const missing = ["cc", "depmod", "modprobe"].filter((name) => findProgram(name) === null);
export const noModuleTools: string | false =
  missing.length > 0 ? `SKIPPED, needs ${missing.join(", ")}` : false;

/** Compiles modules and lets depmod describe them, as a kernel's package does; returns their folder. */
export function moduleTree(
  root: string,
  modules: readonly FakeModule[],
  builtin: readonly string[] = [],
): string {
  const folder = join(root, "lib", "modules", "6.1.0-x");
  for (const { path, exports, needs, info } of modules) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    const source = [
      "int placeholder;",
      exports ? `const char e[] __attribute__((section("__ksymtab_strings"))) = "${exports}";` : "",
      needs ? `extern int ${needs}(void); int (*needed)(void) = ${needs};` : "",
      info ? `const char i[] __attribute__((section(".modinfo"))) = "${info}";` : "",
    ].join("\n");
    execFileSync("cc", ["-c", "-x", "c", "-", "-o", join(folder, path)], { input: source });
  }
  writeFileSync(join(folder, "modules.builtin"), builtin.map((path) => `${path}\n`).join(""));
  execFileSync("depmod", ["-b", root, "6.1.0-x"], { stdio: "pipe" });
  return folder;
}
