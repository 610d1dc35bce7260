import assert from "node:assert/strict";
import { labCache } from "../../bench/lab/host/cache.js";
import type { LabContext } from "../../bench/lab/host/context.js";
import type { GuestJob } from "../../bench/lab/image/job.js";
import type { GuestWatcher } from "../../bench/lab/qemu/follow-guest.js";
import type { GuestLimits } from "../../bench/lab/qemu/limits.js";
import { runBoot } from "../../bench/lab/session/boot.js";
import { standardOutput } from "../../bench/lab/session/bring-back.js";
import { kernelsByVersion, type LabKernel } from "../../bench/lab/session/kernels.js";
import { openSession } from "../../bench/lab/session/open-session.js";
import type { GuestSettings } from "../../bench/lab/session/settings.js";
import { findProgram } from "../../terminal/find-program.js";

const missing = ["qemu-system-x86_64", "busybox", "mkfs.ext4", "depmod"].filter(
  (name) => findProgram(name) === null,
);
export const skip: string | false =
  missing.length > 0 ? `SKIPPED, needs ${missing.join(", ")}: ./scripts/bootstrap --lab` : false;

const LIMITS: GuestLimits = { bootMs: 120_000, totalMs: 240_000, silenceMs: 60_000 };

const SETTINGS: GuestSettings = {
  accelerator: "tcg",
  cpus: 1,
  memoryBytes: 2 ** 30,
  device: "virtio-blk",
  diskBytes: 320 * 2 ** 20,
  stack: [],
  deviceLatencyNs: 0,
  mountOptions: [],
  guestPrograms: [],
  limits: LIMITS,
  retries: 0,
};

/** A context that keeps what would be printed. */
function quietContext(lines: string[] = []): LabContext {
  const progress = { step() {}, milestone: (text: string) => void lines.push(text), done() {} };
  return { cache: labCache(), progress, signal: new AbortController().signal };
}

export async function kernelOf(version: string): Promise<LabKernel> {
  const source = { flavour: "cloud-amd64", mirror: null } as const;
  const [kernel] = await kernelsByVersion(quietContext(), [version], source);
  assert.ok(kernel);
  return kernel;
}

export interface Guest {
  kernel: LabKernel;
  limits?: Partial<GuestLimits>;
  fault?: GuestJob["fault"];
  settings?: Partial<GuestSettings>;
  /** Arguments of node. */
  command: readonly string[];
  warnings?: string[];
  /** Files of this checkout that the lab's guests go without. */
  extraFiles?: readonly string[];
  watcher?: GuestWatcher;
}

/** Runs node in a guest and returns what it printed. */
export async function inGuest(guest: Guest): Promise<string> {
  const limits = { ...LIMITS, ...guest.limits };
  const settings = { ...SETTINGS, ...guest.settings, limits };
  const session = await openSession(quietContext(guest.warnings), settings, guest.kernel);
  try {
    const { kernel, command, fault = null } = guest;
    const boot = {
      kernel,
      filesystem: "ext4",
      boot: 0,
      slot: 0,
      commands: [command],
      fault,
    } as const;
    const packageFiles = [...session.packageFiles, ...(guest.extraFiles ?? [])];
    const run = await runBoot({ ...session, packageFiles }, boot, guest.watcher ?? {});
    return standardOutput(run.files, 0);
  } finally {
    session.close();
  }
}
