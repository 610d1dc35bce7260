import { copyFile, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { LabProvenance } from "../../../results/environment.js";
import { GIT_COMMIT_VARIABLE } from "../../../terminal/git-commit.js";
import { labGuestVariables } from "../../environment/lab-guest.js";
import { STATUS_DESCRIPTOR } from "../image/init-script.js";
import { writeInitramfs } from "../image/initramfs.js";
import type { GuestJob } from "../image/job.js";
import type { GuestRun, GuestWatcher } from "../qemu/follow-guest.js";
import { GuestError } from "../qemu/guest-error.js";
import type { Hardware } from "../qemu/guest-files.js";
import { runGuest } from "../qemu/run-guest.js";
import type { LabSession } from "./lab-session.js";
import type { PlannedBoot } from "./plan.js";
import { allocateDisk, formatDisk } from "./workspace.js";

/** One guest to start, and what to run there. */
export interface Boot extends PlannedBoot {
  /** Tells apart guests that run at the same time. */
  slot: number;
  /** Arguments of node for each command. */
  commands: readonly (readonly string[])[];
  /** A prompt takes the place of the commands. */
  shell?: boolean;
  fault?: GuestJob["fault"];
}

function jobOf(session: LabSession, boot: Boot): GuestJob {
  const { settings } = session;
  const shell = boot.shell ?? false;
  return {
    filesystem: boot.filesystem,
    device: settings.device,
    stack: settings.stack,
    modules: settings.guestModules ?? [],
    guestDevice: { sizeBytes: settings.diskBytes, latencyNs: settings.deviceLatencyNs },
    mountOptions: settings.mountOptions,
    input: settings.input ?? null,
    commands: boot.commands,
    environment: {
      ...labGuestVariables({
        provenance: provenanceOf(session, boot),
        countsInstructions: session.accelerator === "tcg-icount",
        statusDescriptor: STATUS_DESCRIPTOR,
      }),
      [GIT_COMMIT_VARIABLE]: session.gitCommit ?? "",
    },
    nodePath: session.nodePath,
    heartbeat: !shell && settings.limits.silenceMs !== null,
    shell,
    fault: boot.fault ?? null,
  };
}

/** What the bench writes into its results file about its guest. */
function provenanceOf({ accelerator, settings }: LabSession, boot: PlannedBoot): LabProvenance {
  return {
    kernelPackage: boot.kernel.packageName,
    kernelPackageVersion: boot.kernel.packageVersion,
    accelerator,
    cpus: settings.cpus,
    memoryBytes: settings.memoryBytes,
    device: [...[...settings.stack].reverse(), settings.device].join(" on "),
    boot: boot.boot,
  };
}

/** The hardware of a guest. Its kernel, initramfs and scratch disk are files in the session's workspace. */
export function hardwareOf(session: LabSession, { slot }: Boot): Hardware {
  const { settings, workspace } = session;
  const diskInMemoryBytes = settings.device === "null_blk" ? settings.diskBytes : 0;
  const scratchImage = join(workspace, `scratch-${slot}.raw`);
  return {
    name: `puntbench-${basename(workspace)}-${slot}`,
    accelerator: session.accelerator,
    cpus: settings.cpus,
    memoryBytes: settings.memoryBytes + diskInMemoryBytes,
    kernel: join(workspace, `kernel-${slot}`),
    initramfs: join(workspace, `initramfs-${slot}.cpio`),
    systemImage: session.systemImage,
    scratch: settings.device === "null_blk" ? null : { kind: settings.device, image: scratchImage },
  };
}

/** Writes the files of a guest. Its scratch disk gets a new, empty filesystem. */
export async function prepareBoot(session: LabSession, boot: Boot): Promise<Hardware> {
  const { accelerator, settings, signal } = session;
  const hardware = hardwareOf(session, boot);
  const modules = { release: boot.kernel.release, folder: boot.kernel.modules };
  await copyFile(boot.kernel.image, hardware.kernel);
  await writeInitramfs(modules, jobOf(session, boot), session, hardware.initramfs);
  if (hardware.scratch) {
    await allocateDisk(hardware.scratch.image, settings.diskBytes, accelerator === "kvm");
    await formatDisk(hardware.scratch.image, boot.filesystem, signal);
  }
  return hardware;
}

/**
 * Runs one guest to its end. A failure that may be chance (a panic, a hang, a slow start) is tried
 * again a limited number of times, each time with a warning.
 */
export async function runBoot(
  session: LabSession,
  boot: Boot,
  watcher: GuestWatcher,
): Promise<GuestRun> {
  const { progress, settings, signal } = session;
  const attempts = settings.retries + 1;
  for (let attempt = 1; ; attempt += 1) {
    const hardware = await prepareBoot(session, boot);
    try {
      return await runGuest(hardware, settings.limits, watcher, signal);
    } catch (error) {
      const again = error instanceof GuestError && error.worthAnotherTry && attempt < attempts;
      if (!again) throw error;
      const what = `${boot.kernel.label} ${boot.filesystem}: ${error.message.split("\n")[0]}`;
      progress.milestone(`warning: ${what}; try ${attempt + 1} of ${attempts}`);
    } finally {
      await rm(hardware.initramfs, { force: true });
    }
  }
}
