import { constants } from "node:fs";
import { access, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { STATUS_PREFIX } from "../../environment/lab-guest.js";
import { writeFileAtomically } from "../host/atomic-file.js";
import type { LabCache } from "../host/cache.js";
import { run } from "../host/process.js";
import { cpioArchive } from "../image/cpio.js";
import { QEMU } from "./arguments.js";

/** Whether KVM works here, and how that is known. */
export interface AcceleratorVerdict {
  accelerator: "kvm" | "tcg";
  reason: string;
  /** Valid until the host boots anew or gets another qemu. */
  host: string;
}

/** A guest under working KVM is up in about a second. */
const TRIAL_MS = 10_000;
const VERSION_TIMEOUT_MS = 15_000;

/** KVM if a guest really comes up in time under it, else emulation. The verdict is cached. */
export async function chooseAccelerator(
  cache: LabCache,
  vmlinuz: string,
  workspace: string,
  busybox: string,
  say: (text: string) => void,
): Promise<AcceleratorVerdict> {
  const host = await hostIdentity();
  const cached = await readVerdict(cache);
  if (cached?.host === host) return cached;
  const verdict = { ...(await tryKvm(vmlinuz, workspace, busybox, say)), host };
  await writeFileAtomically(cache.accelerator, JSON.stringify(verdict, null, 2));
  return verdict;
}

async function tryKvm(
  vmlinuz: string,
  workspace: string,
  busybox: string,
  say: (text: string) => void,
): Promise<Omit<AcceleratorVerdict, "host">> {
  const usable = await access("/dev/kvm", constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!usable) return { accelerator: "tcg", reason: "/dev/kvm is missing or closed to this user" };
  say("trying KVM with a small guest");
  const initramfs = join(workspace, "kvm-trial.cpio");
  await writeFile(initramfs, await trialArchive(busybox));
  const startedAt = Date.now();
  const failure = await trialRun(vmlinuz, initramfs);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  return failure === null
    ? { accelerator: "kvm", reason: `a trial guest came up in ${seconds} s` }
    : { accelerator: "tcg", reason: `a trial guest does not come up under KVM: ${failure}` };
}

/** null when the guest came up, else why not. */
async function trialRun(vmlinuz: string, initramfs: string): Promise<string | null> {
  const args = [
    ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-machine", "pc"],
    ...["-accel", "kvm", "-cpu", "host", "-m", "256M", "-kernel", vmlinuz, "-initrd", initramfs],
    ...["-append", "console=ttyS0 quiet panic=-1 rdinit=/init", "-serial", "stdio"],
  ];
  try {
    const options = { timeoutMs: TRIAL_MS, package: "qemu-system-x86" };
    const { stdout, stderr } = await run(QEMU, args, options);
    if (stdout.includes(`${STATUS_PREFIX}up`)) return null;
    const reason = stderr
      .trim()
      .split("\n")[0]
      ?.replace(/^qemu-system-x86_64: (error: )?/, "");
    return reason || "it ended without a word";
  } catch {
    return `it was silent for ${TRIAL_MS / 1000} s`;
  }
}

async function trialArchive(busybox: string): Promise<Buffer> {
  const script = `#!/bin/busybox sh\n/bin/busybox echo "${STATUS_PREFIX}up"\n/bin/busybox poweroff -f\n`;
  return cpioArchive([
    { path: "bin/busybox", kind: "file", content: await readFile(busybox), mode: 0o755 },
    { path: "init", kind: "file", content: Buffer.from(script), mode: 0o755 },
  ]);
}

async function hostIdentity(): Promise<string> {
  const bootId = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  const options = { timeoutMs: VERSION_TIMEOUT_MS, package: "qemu-system-x86" };
  const { stdout } = await run(QEMU, ["--version"], options);
  return `${bootId.trim()} ${stdout.split("\n")[0]}`;
}

async function readVerdict(cache: LabCache): Promise<AcceleratorVerdict | null> {
  try {
    return JSON.parse(await readFile(cache.accelerator, "utf8")) as AcceleratorVerdict;
  } catch {
    return null;
  }
}
