import { realpathSync } from "node:fs";
import { gitCommit } from "../../../terminal/git-commit.js";
import { packageRoot } from "../../../terminal/package-root.js";
import type { LabContext } from "../host/context.js";
import { requireStaticBusybox } from "../host/programs.js";
import type { GuestPrograms } from "../image/initramfs.js";
import { addonFiles, packageFiles } from "../image/package-files.js";
import { systemImage } from "../image/system-image.js";
import type { Accelerator } from "../qemu/arguments.js";
import { chooseAccelerator } from "../qemu/choose-accelerator.js";
import type { LabKernel } from "./kernels.js";
import type { GuestSettings } from "./settings.js";
import { openWorkspace } from "./workspace.js";

/** What every guest of one session shares. */
export interface LabSession extends LabContext, GuestPrograms {
  nodePath: string;
  systemImage: string;
  accelerator: Accelerator;
  acceleratorReason: string;
  /** Of puntbench itself. */
  gitCommit: string | null;
  settings: GuestSettings;
  close(): void;
}

/** Prepares what guests need; `close` removes everything that is not cached. */
export async function openSession(
  context: LabContext,
  settings: GuestSettings,
  anyKernel: LabKernel,
): Promise<LabSession> {
  const busybox = requireStaticBusybox();
  const root = packageRoot();
  const { path: workspace, remove: close } = await openWorkspace(context.cache);
  try {
    const chosen =
      settings.accelerator === null
        ? await chooseAccelerator(context, { image: anyKernel.image, busybox, workspace })
        : { accelerator: settings.accelerator, reason: "as asked" };
    return {
      ...context,
      workspace,
      busybox,
      nodePath: realpathSync(process.execPath),
      systemImage: await systemImage(context, addonFiles(root), settings.guestPrograms),
      packageRoot: root,
      packageFiles: packageFiles(root),
      accelerator: chosen.accelerator,
      acceleratorReason: chosen.reason,
      gitCommit: gitCommit(),
      settings,
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}
