import { constants } from "node:fs";
import { access, readFile, rm } from "node:fs/promises";
import { writeWhole } from "../../../terminal/whole-file.js";
import { changingCache, HALF_MADE } from "../host/cache-lock.js";
import { runOrFail } from "../host/process.js";
import { QEMU } from "../qemu/arguments.js";
import { GuestError } from "../qemu/guest-error.js";
import { runGuest } from "../qemu/run-guest.js";
import { prepareBoot } from "./boot.js";
import type { LabKernel } from "./kernels.js";
import type { LabSession } from "./lab-session.js";

/** Whether KVM works here, and how that is known. */
export interface AcceleratorChoice {
  accelerator: "kvm" | "tcg";
  reason: string;
  /** The choice is valid until the host boots again or gets another qemu. */
  host: string;
}

/** Under working KVM a guest starts in about a second. */
const TRIAL_LIMITS = { bootMs: 10_000, totalMs: 20_000, silenceMs: null };
const VERSION_TIMEOUT_MS = 15_000;

/** KVM if a guest really runs under it in time, else emulation. The choice is cached. */
export async function chooseAccelerator(
  session: LabSession,
  kernel: LabKernel,
): Promise<AcceleratorChoice> {
  const path = session.cache.accelerator;
  const host = await hostIdentity();
  const cached = await readChoice(path);
  if (cached?.host === host) return cached;
  const choice = { ...(await tryKvm(session, kernel)), host };
  const text = JSON.stringify(choice, null, 2);
  await changingCache(session, () => writeWhole(path, text, { prefix: HALF_MADE, mode: 0o600 }));
  return choice;
}

async function tryKvm(
  session: LabSession,
  kernel: LabKernel,
): Promise<Omit<AcceleratorChoice, "host">> {
  try {
    await access("/dev/kvm", constants.R_OK | constants.W_OK);
  } catch {
    return { accelerator: "tcg", reason: "/dev/kvm is missing or closed to this user" };
  }
  session.progress.step("trying KVM with a guest");
  const startedAtMs = Date.now();
  const boot = { kernel, filesystem: "ext4", boot: 0, slot: 0, commands: [] } as const;
  const hardware = await prepareBoot(session, boot);
  try {
    await runGuest({ ...hardware, accelerator: "kvm" }, TRIAL_LIMITS, {}, session.signal);
  } catch (error) {
    // A guest that lacks something would lack it under emulation too.
    if (!(error instanceof GuestError) || error.failure === "setup") throw error;
    const reason = `a guest does not run under KVM: ${error.message.split(/\n|;/)[0]}`;
    return { accelerator: "tcg", reason };
  } finally {
    // Under KVM the disk must be made anew, with all its blocks written.
    if (hardware.scratch) await rm(hardware.scratch.image);
    await rm(hardware.initramfs);
  }
  const seconds = ((Date.now() - startedAtMs) / 1000).toFixed(1);
  return { accelerator: "kvm", reason: `a guest ran under it in ${seconds} s` };
}

async function hostIdentity(): Promise<string> {
  const bootId = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  const { stdout } = await runOrFail(QEMU, ["--version"], {
    timeoutMs: VERSION_TIMEOUT_MS,
    package: "qemu-system-x86",
    doing: "asking qemu for its version",
    remedy: "Install it anew: `apt-get install --reinstall qemu-system-x86`.",
  });
  return `${bootId.trim()} ${stdout.split("\n")[0]}`;
}

async function readChoice(path: string): Promise<AcceleratorChoice | null> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as AcceleratorChoice;
  } catch {
    return null;
  }
}
