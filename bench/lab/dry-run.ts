import { join } from "node:path";
import { shellQuote } from "./image/job.js";
import { makeFilesystem } from "./image/make-filesystem.js";
import type { LabOptions } from "./options.js";
import { QEMU, qemuArguments } from "./qemu/arguments.js";
import { CHANNELS } from "./qemu/channels.js";
import { benchCommandLine } from "./session/lab.js";
import type { LabSession } from "./session/session.js";
import type { Target } from "./session/target.js";

/** What the lab would run for a kernel, as commands; nothing is started. */
export function dryRunText(session: LabSession, target: Target, options: LabOptions): string {
  const { settings } = session;
  const filesystem = options.filesystems[0] ?? "ext4";
  const scratch = join(session.workspace, "scratch-0.raw");
  const mkfs = makeFilesystem(filesystem, scratch);
  const inGuest = settings.device === "null_blk";
  const disk = [
    `fallocate --length ${settings.diskBytes} ${shellQuote(scratch)}`,
    [mkfs.program, ...mkfs.args].map(shellQuote).join(" "),
  ];
  const channel = (name: string) => ({ file: join(session.workspace, name) });
  const args = qemuArguments({
    accelerator: session.accelerator,
    cpus: settings.cpus,
    memoryBytes: settings.memoryBytes + (inGuest ? settings.diskBytes : 0),
    kernel: target.kernel,
    initramfs: join(session.workspace, "initramfs-0.cpio"),
    systemImage: session.systemImage,
    scratch: settings.device === "null_blk" ? null : { kind: settings.device, image: scratch },
    console: channel("console"),
    ports: CHANNELS.ports.map(({ name }) => ({ name, channel: channel(name) })),
  });
  const command = [
    "node",
    ...benchCommandLine(target.label, options.benchOptions, options.command),
  ];
  return [
    `# ${target.label}: ${target.packageName} ${target.packageVersion}, ${filesystem}`,
    `# accelerator: ${session.accelerator} (${session.acceleratorReason})`,
    ...(inGuest ? [] : disk),
    [QEMU, ...args].map(shellQuote).join(" "),
    `# in the guest: ${command.map(shellQuote).join(" ")}`,
    "",
  ].join("\n");
}
