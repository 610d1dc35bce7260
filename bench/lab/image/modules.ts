import { existsSync } from "node:fs";
import { rm, symlink } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { UserError } from "../../../terminal/errors.js";
import { makeFolders } from "../../../terminal/make-folders.js";
import { run } from "../host/process.js";

const MODPROBE_TIMEOUT_MS = 30_000;

/** Where a kernel's modules are, and the kernel's name for an error. */
export interface KernelModules {
  release: string;
  /** The folder with `modules.dep`. */
  folder: string;
}

/** A module file to load. */
export interface LoadStep {
  path: string;
  /** The guest fails without it. A module that others need or prefer is tried, and may fail. */
  required: boolean;
}

/**
 * The files to load for the modules `wanted`, each after what it needs; a module that is built into
 * the kernel has none. modprobe answers as on a machine with that kernel. It expects modules under
 * `lib/modules/RELEASE`, so the folder `temporary` gets a link there, and is removed afterwards.
 */
export async function loadOrder(
  kernel: KernelModules,
  wanted: readonly string[],
  temporary: string,
): Promise<LoadStep[]> {
  const { folder, release } = kernel;
  if (!existsSync(join(folder, "modules.dep.bin"))) {
    throw new UserError(
      `${folder}: no modules.dep.bin`,
      "Name the folder of one kernel's modules, such as /lib/modules/6.12.1, after depmod ran.",
    );
  }
  try {
    // Distributions build modprobe for one of these folders.
    for (const parent of [join(temporary, "lib/modules"), join(temporary, "usr/lib/modules")]) {
      makeFolders(parent);
      await symlink(resolve(folder), join(parent, release));
    }
    const where = ["--dirname", temporary, "--set-version", release, "--config", temporary];
    const { exitCode, stdout, stderr } = await run(
      "modprobe",
      ["--show-depends", "--all", ...where, ...wanted],
      { timeoutMs: MODPROBE_TIMEOUT_MS, package: "kmod", env: { MODPROBE_OPTIONS: "" } },
    );
    const missing = [...stderr.matchAll(/Module (\S+) not found/g)].map(([, name]) => name);
    if (missing.length > 0) {
      throw new UserError(
        `kernel ${release} has no module ${missing.join(", ")}, which this guest needs`,
        "Use another --device or --filesystems, or another kernel (--flavour amd64 has the most).",
      );
    }
    if (exitCode !== 0) {
      throw new UserError(
        `modprobe cannot list the modules of kernel ${release} (exit code ${exitCode})\n  ${stderr.trim()}`,
        "Fetch the kernel anew: `puntbench lab clean`, then the same command.",
      );
    }
    const files = [...stdout.matchAll(/^insmod (\S+)/gm)].map(
      ([, path]) => (path as string).split(`/modules/${release}/`)[1] as string,
    );
    return [...new Set(files)].map((path) => ({
      path,
      required: wanted.includes(moduleName(path)),
    }));
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** `kernel/fs/xfs/xfs.ko.xz` -> `xfs`. The kernel writes `_` where a file name may have `-`. */
function moduleName(path: string): string {
  return basename(path)
    .replace(/\.ko(\.\w+)?$/, "")
    .replaceAll("-", "_");
}
