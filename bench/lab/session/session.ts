import type { LabProvenance } from "../../../results/schema.js";
import { gitCommit } from "../../../terminal/git-commit.js";
import { packageRoot } from "../../../terminal/package-root.js";
import type { LabCache } from "../host/cache.js";
import { requireStaticBusybox } from "../host/programs.js";
import type { CpioEntry } from "../image/cpio.js";
import { GUEST, type ScratchDevice } from "../image/job.js";
import { addonFiles, packageFiles } from "../image/package-files.js";
import { resolved } from "../image/shared-libraries.js";
import { systemImage } from "../image/system-image.js";
import type { Accelerator } from "../qemu/arguments.js";
import { chooseAccelerator } from "../qemu/choose-accelerator.js";
import type { GuestLimits } from "../qemu/limits.js";
import type { Target } from "./target.js";
import { openWorkspace } from "./workspace.js";

/** What every guest of one session shares. */
export interface LabSession {
  workspace: string;
  busybox: string;
  nodePath: string;
  systemImage: string;
  puntbench: readonly CpioEntry[];
  accelerator: Accelerator;
  acceleratorReason: string;
  /** Of puntbench itself. */
  gitCommit: string | null;
  settings: LabSettings;
  close(): void;
}

/** How guests are made, as the user chose or by default. */
export interface LabSettings {
  /** null: KVM if it works. */
  accelerator: Accelerator | null;
  cpus: number;
  memoryBytes: number;
  device: ScratchDevice;
  diskBytes: number;
  /** Of `null_blk`, see `GuestDevice`. */
  deviceLatencyNs: number;
  mountOptions: readonly string[];
  /** What guests need besides the usual: programs of this machine, named as their Debian packages. */
  guestPrograms: readonly string[];
  limits: GuestLimits;
  /** How often a guest that chance may have failed is started anew. */
  retries: number;
}

/** Prepares what guests need, once; `close` removes everything that is not cached. */
export async function openSession(
  cache: LabCache,
  settings: LabSettings,
  anyTarget: Target,
  say: (text: string) => void,
): Promise<LabSession> {
  const busybox = requireStaticBusybox();
  const root = packageRoot();
  const workspace = await openWorkspace(cache);
  try {
    const chosen =
      settings.accelerator === null
        ? await chooseAccelerator(cache, anyTarget.kernel, workspace.path, busybox, say)
        : { accelerator: settings.accelerator, reason: "as asked" };
    return {
      workspace: workspace.path,
      busybox,
      nodePath: await resolved(process.execPath),
      systemImage: await systemImage(cache, addonFiles(root), settings.guestPrograms, say),
      puntbench: packageFiles(root, GUEST.puntbench),
      accelerator: chosen.accelerator,
      acceleratorReason: chosen.reason,
      gitCommit: gitCommit(),
      settings,
      close: workspace.remove,
    };
  } catch (error) {
    workspace.remove();
    throw error;
  }
}

/** What the bench writes into its results file about the guest that it ran in. */
export function provenance(session: LabSession, target: Target, boot: number): LabProvenance {
  const { accelerator, settings } = session;
  return {
    kernelPackage: target.packageName,
    kernelPackageVersion: target.packageVersion,
    accelerator,
    cpus: settings.cpus,
    memoryBytes: settings.memoryBytes,
    device: settings.device,
    boot,
  };
}
