import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GIT_COMMIT_VARIABLE } from "../../../terminal/git-commit.js";
import { labGuestVariables } from "../../environment/lab-guest.js";
import { STATUS_DESCRIPTOR } from "../image/init-script.js";
import { initramfs } from "../image/initramfs.js";
import type { FilesystemChoice, GuestJob } from "../image/job.js";
import type { GuestRun, GuestWatcher } from "../qemu/follow-guest.js";
import { GuestError } from "../qemu/guest-error.js";
import { type Hardware, runGuest } from "../qemu/run-guest.js";
import { type LabSession, provenance } from "./session.js";
import type { Target } from "./target.js";
import { allocateDisk, formatDisk } from "./workspace.js";

/** One guest to start: a kernel, a filesystem and what to run there. */
export interface Boot {
  target: Target;
  filesystem: FilesystemChoice;
  boot: number;
  /** Arguments of node for each command. */
  commands: readonly (readonly string[])[];
  fault?: GuestJob["fault"];
}

/** The guest's job, from the boot and the session's settings. */
export function jobOf(session: LabSession, boot: Boot, shell: boolean): GuestJob {
  return {
    filesystem: boot.filesystem,
    device: session.settings.device,
    guestDevice: {
      sizeBytes: session.settings.diskBytes,
      latencyNs: session.settings.deviceLatencyNs,
    },
    mountOptions: session.settings.mountOptions,
    commands: boot.commands,
    environment: {
      ...labGuestVariables({
        provenance: provenance(session, boot.target, boot.boot),
        countsInstructions: session.accelerator === "tcg-icount",
        statusDescriptor: STATUS_DESCRIPTOR,
      }),
      [GIT_COMMIT_VARIABLE]: session.gitCommit ?? "",
    },
    nodePath: session.nodePath,
    heartbeat: !shell && session.settings.limits.silenceMs !== null,
    shell,
    fault: boot.fault ?? null,
  };
}

/**
 * The files and the hardware of a guest; `slot` tells apart guests that run at the same time. The
 * scratch disk is formatted anew.
 */
export async function prepareBoot(
  session: LabSession,
  boot: Boot,
  slot: number,
  options: { shell: boolean },
  signal: AbortSignal,
): Promise<Hardware> {
  const { target } = boot;
  const { settings, workspace, systemImage } = session;
  const kernel = { release: target.release, folder: target.modules };
  const job = jobOf(session, boot, options.shell);
  const archive = join(workspace, `initramfs-${slot}.cpio`);
  await writeFile(archive, await initramfs(kernel, job, session.busybox, session.puntbench));
  const image = join(workspace, `scratch-${slot}.raw`);
  const inGuest = settings.device === "null_blk";
  if (!inGuest) {
    await allocateDisk(image, settings.diskBytes, session.accelerator === "kvm");
    await formatDisk(image, boot.filesystem, signal);
  }
  return {
    accelerator: session.accelerator,
    cpus: settings.cpus,
    memoryBytes: settings.memoryBytes + (inGuest ? settings.diskBytes : 0),
    kernel: target.kernel,
    initramfs: archive,
    systemImage,
    scratch: settings.device === "null_blk" ? null : { kind: settings.device, image },
  };
}

/**
 * Runs one guest to its end. One that chance may have failed (a panic, a hang, a slow start) is
 * started anew a bounded number of times, and `warn` hears of each.
 */
export async function runBoot(
  session: LabSession,
  boot: Boot,
  slot: number,
  watcher: GuestWatcher,
  warn: (text: string) => void,
  signal: AbortSignal,
): Promise<GuestRun> {
  const attempts = session.settings.retries + 1;
  for (let attempt = 1; ; attempt += 1) {
    const hardware = await prepareBoot(session, boot, slot, { shell: false }, signal);
    try {
      return await runGuest(hardware, session.settings.limits, watcher, signal);
    } catch (error) {
      const again = error instanceof GuestError && error.worthAnotherTry && attempt < attempts;
      if (!again) throw error;
      const what = error.message.split("\n")[0];
      warn(`${boot.target.label} ${boot.filesystem}: ${what}; try ${attempt + 1} of ${attempts}`);
    } finally {
      await rm(hardware.initramfs, { force: true });
    }
  }
}
