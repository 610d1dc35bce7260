import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { UserError } from "../../../terminal/errors.js";
import { shellWord } from "../../../terminal/quote.js";
import { runOrFail } from "../host/process.js";
import { writeArchive } from "./cpio.js";
import { STACKED_DEVICE } from "./device-stack.js";
import { initScript } from "./init-script.js";
import { GUEST, type GuestInput, type GuestJob, neededModules } from "./job.js";
import { makeFilesystem } from "./make-filesystem.js";
import { type KernelModules, type LoadStep, loadOrder } from "./modules.js";

const DECOMPRESS_TIMEOUT_MS = 30_000;

/** Parameters of modules that the guest makes its scratch device with. Only a ring with IOPOLL uses a polled queue. */
const MODULE_PARAMETERS: Readonly<Record<string, string>> = {
  "nvme.ko": "poll_queues=1",
  "null_blk.ko": "nr_devices=0",
};

/** Folders that the guest mounts something on. */
const MOUNT_POINTS = ["proc", "sys", "dev", "system", "tmp"];

const FETCH_ANEW = "Fetch the kernel anew: `puntbench lab clean` removes the copy in the cache.";

/** What all guests of a session have in their first root. */
export interface GuestPrograms {
  busybox: string;
  /** The folder of puntbench's package.json, and what guests need of it. */
  packageRoot: string;
  packageFiles: readonly string[];
  /** For temporary files. */
  workspace: string;
}

/** Writes the first root of a guest: busybox, the modules in their order, the job, and puntbench. */
export async function writeInitramfs(
  kernel: KernelModules,
  job: GuestJob,
  programs: GuestPrograms,
  archive: string,
): Promise<void> {
  const { busybox, packageRoot, packageFiles, workspace } = programs;
  const folder = await mkdtemp(join(workspace, "initramfs-"));
  try {
    const steps = await loadOrder(kernel, neededModules(job), join(folder, "temporary"));
    for (const path of [...MOUNT_POINTS, "bin", "modules"]) await mkdir(join(folder, path));
    await symlink(busybox, join(folder, "bin/busybox"));
    await symlink(packageRoot, join(folder, GUEST.puntbench));
    await writeFile(join(folder, "init"), initScript(job), { mode: 0o755 });
    await writeFile(join(folder, "mkfs"), makeFilesystemText(job));
    await writeFile(join(folder, "modules/order"), orderText(steps));
    for (const step of steps) {
      await writeFile(join(folder, "modules", plainName(step)), await readModule(kernel, step));
    }
    if (job.input != null) await writeInput(job.input, join(folder, "input"));
    const paths = [
      ...(job.input == null ? [] : ["input"]),
      ...MOUNT_POINTS,
      "bin/busybox",
      "init",
      "mkfs",
      "modules/order",
      ...steps.map((step) => `modules/${plainName(step)}`),
      ...packageFiles.map((path) => join(GUEST.puntbench, path).slice(1)),
    ];
    await writeArchive(busybox, folder, paths, archive);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function writeInput(input: GuestInput, path: string): Promise<void> {
  return "file" in input ? copyFile(input.file, path) : writeFile(path, input.text);
}

/** One line for each module: its file, `required` or `optional`, its parameters. */
export function orderText(steps: readonly LoadStep[]): string {
  const lines = steps.map((step) => {
    const name = plainName(step);
    const need = step.required ? "required" : "optional";
    return `${name} ${need} ${MODULE_PARAMETERS[name] ?? ""}`.trim();
  });
  return lines.map((line) => `${line}\n`).join("");
}

function makeFilesystemText(job: GuestJob): string {
  const device = job.stack.length > 0 ? STACKED_DEVICE : "/dev/nullb0";
  const tool = makeFilesystem(job.filesystem, device);
  return tool === null ? "" : [tool.program, ...tool.args].map(shellWord).join(" ");
}

/** `kernel/fs/xfs/xfs.ko.xz` -> `xfs.ko`: old kernels cannot decompress, so the lab does. */
export function plainName(step: LoadStep): string {
  return basename(step.path).replace(/\.(xz|zst|gz)$/, "");
}

/** The module's bytes, decompressed; a UserError when its file is gone. */
export async function readModule(kernel: KernelModules, step: LoadStep): Promise<Buffer> {
  const path = join(kernel.folder, step.path);
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(
      `kernel ${kernel.release}: its module ${step.path} cannot be read (${error.code})`,
      FETCH_ANEW,
    );
  });
  const suffix = /\.(xz|zst|gz)$/.exec(path)?.[1];
  if (suffix === undefined) return bytes;
  const program = { xz: "xz", zst: "zstd", gz: "gzip" }[suffix] as string;
  const { stdoutBytes } = await runOrFail(program, ["-dc", path], {
    timeoutMs: DECOMPRESS_TIMEOUT_MS,
    package: suffix === "xz" ? "xz-utils" : program,
    doing: `decompressing ${step.path}`,
    remedy: FETCH_ANEW,
  });
  return stdoutBytes;
}
