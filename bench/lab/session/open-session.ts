import { realpathSync } from "node:fs";
import { gitCommit } from "../../../terminal/git-commit.js";
import { packageRoot } from "../../../terminal/package-root.js";
import { changingCache } from "../host/cache-lock.js";
import type { LabContext } from "../host/context.js";
import { requireStaticBusybox } from "../host/programs.js";
import { addonFiles, packageFiles } from "../image/package-files.js";
import { systemImage } from "../image/system-image.js";
import { chooseAccelerator } from "./choose-accelerator.js";
import type { LabKernel } from "./kernels.js";
import type { LabSession } from "./lab-session.js";
import type { GuestSettings } from "./settings.js";
import { openWorkspace } from "./workspace.js";

/** Prepares what guests need; `close` removes everything that is not cached. */
export async function openSession(
  context: LabContext,
  settings: GuestSettings,
  anyKernel: LabKernel,
): Promise<LabSession> {
  const root = packageRoot();
  const { path: workspace, remove: close } = await changingCache(context, () =>
    openWorkspace(context.cache),
  );
  try {
    const session: LabSession = {
      ...context,
      workspace,
      busybox: requireStaticBusybox(),
      nodePath: realpathSync(process.execPath),
      systemImage: await changingCache(context, () =>
        systemImage(context, addonFiles(root), settings.guestPrograms),
      ),
      packageRoot: root,
      packageFiles: packageFiles(root),
      accelerator: settings.accelerator ?? "tcg",
      acceleratorReason: "as asked",
      gitCommit: gitCommit(),
      settings,
      close,
    };
    if (settings.accelerator !== null) return session;
    const { accelerator, reason } = await chooseAccelerator(session, anyKernel);
    return { ...session, accelerator, acceleratorReason: reason };
  } catch (error) {
    close();
    throw error;
  }
}
