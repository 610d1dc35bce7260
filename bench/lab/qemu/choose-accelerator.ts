import { constants } from "node:fs";
import { access, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { STATUS_PREFIX } from "../../environment/lab-guest.js";
import { writeFileAtomically } from "../host/atomic-file.js";
import type { LabContext } from "../host/context.js";
import { run } from "../host/process.js";
import { writeArchive } from "../image/cpio.js";
import { acceleration, MACHINE, QEMU } from "./arguments.js";

/** Whether KVM works here, and how that is known. */
export interface AcceleratorChoice {
  accelerator: "kvm" | "tcg";
  reason: string;
  /** The choice is valid until the host boots again or gets another qemu. */
  host: string;
}

/** What a small guest is made of. */
export interface TrialParts {
  /** A kernel that qemu boots. */
  image: string;
  busybox: string;
  /** For temporary files. */
  workspace: string;
}

/** A guest under working KVM is up in about a second. */
const TRIAL_MS = 10_000;
const VERSION_TIMEOUT_MS = 15_000;

/** KVM if a small guest really starts in time under it, else emulation. The choice is cached. */
export async function chooseAccelerator(
  { cache, progress }: LabContext,
  parts: TrialParts,
): Promise<AcceleratorChoice> {
  const host = await hostIdentity();
  const cached = await readChoice(cache.accelerator);
  if (cached?.host === host) return cached;
  progress.step("trying KVM with a small guest");
  const choice = { ...(await tryKvm(parts)), host };
  await writeFileAtomically(cache.accelerator, JSON.stringify(choice, null, 2));
  return choice;
}

async function tryKvm(parts: TrialParts): Promise<Omit<AcceleratorChoice, "host">> {
  try {
    await access("/dev/kvm", constants.R_OK | constants.W_OK);
  } catch {
    return { accelerator: "tcg", reason: "/dev/kvm is missing or closed to this user" };
  }
  const archive = await writeTrialArchive(parts);
  const startedAt = Date.now();
  const failure = await trialRun(parts.image, archive);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  return failure === null
    ? { accelerator: "kvm", reason: `a trial guest came up in ${seconds} s` }
    : { accelerator: "tcg", reason: `a trial guest does not come up under KVM: ${failure}` };
}

/** null when the guest came up, else why not. */
async function trialRun(kernel: string, initramfs: string): Promise<string | null> {
  const args = [
    ...MACHINE,
    ...acceleration("kvm"),
    ...["-m", "256M", "-kernel", kernel, "-initrd", initramfs],
    ...["-append", "console=ttyS0 quiet panic=-1 rdinit=/init", "-serial", "stdio"],
  ];
  try {
    const options = { timeoutMs: TRIAL_MS, package: "qemu-system-x86" };
    const { stdout, stderr } = await run(QEMU, args, options);
    if (stdout.includes(`${STATUS_PREFIX}up`)) return null;
    const [line = ""] = stderr.trim().split("\n");
    return line.replace(/^qemu-system-x86_64: (error: )?/, "") || "it ended without a message";
  } catch {
    return `it was silent for ${TRIAL_MS / 1000} s`;
  }
}

async function writeTrialArchive({ busybox, workspace }: TrialParts): Promise<string> {
  const folder = join(workspace, "trial");
  const archive = join(workspace, "trial.cpio");
  const script = `#!/bin/busybox sh\n/bin/busybox echo "${STATUS_PREFIX}up"\n/bin/busybox poweroff -f\n`;
  await mkdir(join(folder, "bin"), { recursive: true });
  await symlink(busybox, join(folder, "bin/busybox"));
  await writeFile(join(folder, "init"), script, { mode: 0o755 });
  await writeArchive(busybox, folder, ["bin/busybox", "init"], archive);
  return archive;
}

async function hostIdentity(): Promise<string> {
  const bootId = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  const options = { timeoutMs: VERSION_TIMEOUT_MS, package: "qemu-system-x86" };
  const { stdout } = await run(QEMU, ["--version"], options);
  return `${bootId.trim()} ${stdout.split("\n")[0]}`;
}

async function readChoice(path: string): Promise<AcceleratorChoice | null> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as AcceleratorChoice;
  } catch {
    return null;
  }
}
