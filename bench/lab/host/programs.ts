import { openSync, readSync } from "node:fs";
import { UserError } from "../../../terminal/errors.js";
import { findProgram } from "../../../terminal/find-program.js";
import { missingProgram } from "./process.js";

export function requireProgram(name: string, debianPackage: string): string {
  const path = findProgram(name);
  if (path === null) throw missingProgram(name, debianPackage);
  return path;
}

/** busybox, which must be static: it is the first program in a guest that has no library yet. */
export function requireStaticBusybox(): string {
  const path = requireProgram("busybox", "busybox-static");
  if (hasInterpreter(path)) {
    throw new UserError(
      `${path} needs shared libraries, and the guest's first program cannot`,
      "Install the static one: `apt-get install busybox-static`.",
    );
  }
  return path;
}

/** The tools that every guest needs; asked for before anything is downloaded. */
export function requireLabTools(): void {
  requireProgram("qemu-system-x86_64", "qemu-system-x86");
  requireProgram("mkfs.ext4", "e2fsprogs");
  requireProgram("depmod", "kmod");
  requireProgram("xz", "xz-utils");
  requireProgram("zstd", "zstd");
  requireStaticBusybox();
}

/** Whether an ELF program names a dynamic loader (a program header of type PT_INTERP, 3). */
function hasInterpreter(path: string): boolean {
  const head = Buffer.alloc(4096);
  readSync(openSync(path, "r"), head, 0, head.length, 0);
  const tableOffset = Number(head.readBigUInt64LE(32));
  const entryBytes = head.readUInt16LE(54);
  const entries = head.readUInt16LE(56);
  for (let index = 0; index < entries; index += 1) {
    const at = tableOffset + index * entryBytes;
    if (at + 4 <= head.length && head.readUInt32LE(at) === 3) return true;
  }
  return false;
}
