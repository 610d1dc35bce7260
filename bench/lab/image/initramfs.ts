import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../../terminal/errors.js";
import { runOrFail } from "../host/process.js";
import { type CpioEntry, cpioArchive } from "./cpio.js";
import { initScript } from "./init-script.js";
import { type GuestJob, neededModules, shellQuote } from "./job.js";
import { makeFilesystem } from "./make-filesystem.js";
import { type LoadStep, loadOrder, type ModuleDatabase, moduleDatabase } from "./modules.js";

const DECOMPRESS_TIMEOUT_MS = 30_000;

/** Parameters of modules that the guest makes its scratch device with. */
const MODULE_PARAMETERS: Readonly<Record<string, string>> = {
  null_blk: "nr_devices=0",
};

/** Where a kernel's modules lie, and what to call it in an error. */
export interface KernelModules {
  release: string;
  folder: string;
}

/** The first root of a guest: busybox, the modules in their order, the job, and puntbench itself. */
export async function initramfs(
  kernel: KernelModules,
  job: GuestJob,
  busybox: string,
  puntbench: readonly CpioEntry[],
): Promise<Buffer> {
  const { steps, missing } = loadOrder(await readDatabase(kernel), neededModules(job));
  if (missing.length > 0) {
    throw new UserError(
      `kernel ${kernel.release} has no module ${missing.join(", ")}, which this guest needs`,
      "Use another --device or --filesystems, or another kernel (--flavour amd64 has the most).",
    );
  }
  const modules: CpioEntry[] = [];
  for (const step of steps) {
    modules.push(file(`modules/${plainName(step)}`, await readModule(kernel, step), 0o644));
  }
  return cpioArchive([
    ...["proc", "sys", "dev", "system", "tmp"].map((path) => ({ path, kind: "folder" as const })),
    file("bin/busybox", await readFile(busybox), 0o755),
    file("init", Buffer.from(initScript(job)), 0o755),
    file("mkfs", Buffer.from(makeFilesystemText(job)), 0o644),
    file("modules/order", Buffer.from(orderText(steps)), 0o644),
    ...modules,
    ...puntbench,
  ]);
}

/** A line a module: its file, `required` or `optional`, its parameters. */
export function orderText(steps: readonly LoadStep[]): string {
  return steps
    .map((step) => {
      const name = plainName(step);
      const parameters = MODULE_PARAMETERS[name.replace(/\.ko$/, "")] ?? "";
      return `${name} ${step.optional ? "optional" : "required"} ${parameters}`.trim();
    })
    .map((line) => `${line}\n`)
    .join("");
}

function makeFilesystemText(job: GuestJob): string {
  const { program, args } = makeFilesystem(job.filesystem, "/dev/nullb0");
  return [program, ...args].map(shellQuote).join(" ");
}

/** `kernel/fs/xfs/xfs.ko.xz` -> `xfs.ko`: the lab decompresses, since old kernels cannot. */
function plainName(step: LoadStep): string {
  return (step.path.split("/").at(-1) as string).replace(/\.(xz|zst|gz)$/, "");
}

async function readDatabase(kernel: KernelModules): Promise<ModuleDatabase> {
  const text = (name: string) => readFile(join(kernel.folder, name), "utf8").catch(() => "");
  const dep = await readFile(join(kernel.folder, "modules.dep"), "utf8").catch(() => null);
  if (dep === null) {
    throw new UserError(
      `${kernel.folder}: no modules.dep`,
      "Name the folder of one kernel's modules, such as /lib/modules/6.12.1, after depmod ran.",
    );
  }
  return moduleDatabase({
    dep,
    builtin: await text("modules.builtin"),
    softdep: await text("modules.softdep"),
    alias: await text("modules.alias"),
  });
}

/** The module's bytes, decompressed; a UserError when its file is gone. */
async function readModule(kernel: KernelModules, step: LoadStep): Promise<Buffer> {
  const path = join(kernel.folder, step.path);
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(
      `kernel ${kernel.release}: its module ${step.path} cannot be read (${error.code})`,
      "Fetch the kernel anew: `puntbench lab clean` removes the copy in the cache.",
    );
  });
  const suffix = /\.(xz|zst|gz)$/.exec(path)?.[1];
  if (suffix === undefined) return bytes;
  const program = { xz: "xz", zst: "zstd", gz: "gzip" }[suffix] as string;
  const { stdoutBytes } = await runOrFail(program, ["-dc", path], {
    timeoutMs: DECOMPRESS_TIMEOUT_MS,
    package: suffix === "xz" ? "xz-utils" : program,
    doing: `decompressing ${step.path}`,
    remedy: "Fetch the kernel anew: `puntbench lab clean` removes the copy in the cache.",
  });
  return stdoutBytes;
}

function file(path: string, content: Buffer, mode: number): CpioEntry {
  return { path, kind: "file", content, mode };
}
