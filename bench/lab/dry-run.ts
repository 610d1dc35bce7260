import { join } from "node:path";
import { shellWord } from "../../terminal/quote.js";
import { makeFilesystem } from "./image/make-filesystem.js";
import { QEMU, qemuArguments } from "./qemu/arguments.js";
import { CHANNELS } from "./qemu/channels.js";
import { hardwareOf } from "./session/boot.js";
import { commandLine } from "./session/lab.js";
import type { LabSession } from "./session/lab-session.js";
import type { PlannedBoot } from "./session/plan.js";
import type { GuestCommand } from "./session/settings.js";

/** What the lab would run for a kernel, as commands; nothing is started. */
export function dryRunText(
  session: LabSession,
  planned: PlannedBoot,
  commands: readonly GuestCommand[],
): string {
  const { kernel, filesystem } = planned;
  const hardware = {
    ...hardwareOf(session, { ...planned, slot: 0, commands: [] }),
    kernel: kernel.image,
  };
  const channel = (name: string) => ({ file: join(session.workspace, name) });
  const args = qemuArguments({
    ...hardware,
    console: channel("console"),
    ports: CHANNELS.ports.map(({ name }) => ({ name, channel: channel(name) })),
  });
  const disk = hardware.scratch ? diskCommands(session, planned, hardware.scratch.image) : [];
  const inGuest = commands.map((command) => ["node", ...commandLine(kernel.label, command)]);
  return [
    `# ${kernel.label}: ${kernel.packageName} ${kernel.packageVersion}, ${filesystem}`,
    `# accelerator: ${session.accelerator} (${session.acceleratorReason})`,
    ...disk.map(quoted),
    quoted([QEMU, ...args]),
    ...inGuest.map((command) => `# in the guest: ${quoted(command)}`),
    "",
  ].join("\n");
}

function diskCommands(
  { settings }: LabSession,
  { filesystem }: PlannedBoot,
  image: string,
): string[][] {
  const tool = makeFilesystem(filesystem, image);
  return [
    ["fallocate", "--length", String(settings.diskBytes), image],
    ...(tool === null ? [] : [[tool.program, ...tool.args]]),
  ];
}

function quoted(words: readonly string[]): string {
  return words.map(shellWord).join(" ");
}
