import type { LabContext } from "../host/context.js";
import type { GuestPrograms } from "../image/initramfs.js";
import type { Accelerator } from "../qemu/arguments.js";
import type { GuestSettings } from "./settings.js";

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
