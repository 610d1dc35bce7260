import { spawnSync } from "node:child_process";
import { UserError } from "../../../terminal/errors.js";
import { findProgram } from "../../../terminal/find-program.js";
import { missingProgram } from "./process.js";

/** The path of a program; a UserError that names its Debian package when it is missing. */
export function requireProgram(name: string, debianPackage: string): string {
  const path = findProgram(name);
  if (path === null) throw missingProgram(name, debianPackage);
  return path;
}

/** busybox, which must be static: it is a guest's first program, and the guest has no library yet. */
export function requireStaticBusybox(): string {
  const path = requireProgram("busybox", "busybox-static");
  if (sharedLibraries(path).length > 0) {
    throw new UserError(
      `${path} needs shared libraries, and the guest's first program cannot`,
      "Install the static one: `apt-get install busybox-static`.",
    );
  }
  return path;
}

/** The tools that every guest needs; checked before anything is downloaded. */
export function requireLabTools(): void {
  requireProgram("qemu-system-x86_64", "qemu-system-x86");
  requireProgram("setpriv", "util-linux");
  requireProgram("mkfs.ext4", "e2fsprogs");
  requireProgram("depmod", "kmod");
  requireProgram("xz", "xz-utils");
  requireProgram("zstd", "zstd");
  requireProgram("gpgv", "gpgv");
  requireStaticBusybox();
}

/**
 * The shared libraries that a program or library loads, as absolute paths, with the loader; none for
 * a static program. ldd may run the program, so this is only for programs that this machine trusts.
 */
export function sharedLibraries(program: string): string[] {
  const { stdout, error } = spawnSync("ldd", [program], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
  });
  if (error) throw missingProgram("ldd", "libc-bin");
  // `libm.so.6 => /lib/libm.so.6 (0x...)` or `/lib64/ld-linux-x86-64.so.2 (0x...)`
  return [...stdout.matchAll(/(?:=>\s+|^\s+)(\/\S+)\s+\(0x/gm)].map(([, path]) => path as string);
}
