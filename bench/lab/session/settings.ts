import type { StackLayer } from "../image/device-stack.js";
import type { FilesystemChoice, GuestInput, ScratchDevice } from "../image/job.js";
import type { Accelerator } from "../qemu/arguments.js";
import type { GuestLimits } from "../qemu/limits.js";
import type { PlannedBoot } from "./plan.js";

/** How guests are made, as the user chose or by default. */
export interface GuestSettings {
  /** null: KVM if it works. */
  accelerator: Accelerator | null;
  cpus: number;
  memoryBytes: number;
  device: ScratchDevice;
  /** Layers between the device and the filesystem, lowest first. */
  stack: readonly StackLayer[];
  diskBytes: number;
  /** For `null_blk`, see `GuestDevice`. */
  deviceLatencyNs: number;
  mountOptions: readonly string[];
  /** Programs of this machine that guests need besides the usual, named as their Debian packages. */
  guestPrograms: readonly string[];
  /** Kernel modules that guests load besides those that they need themselves. */
  guestModules?: readonly string[];
  /** What the commands read in the guest. */
  input?: GuestInput | null;
  limits: GuestLimits;
  /** How often a guest is started again after a failure that may be chance. */
  retries: number;
}

/** A command of puntbench. Each writes a results file; `replay` also prints one JSON object. */
export interface GuestCommand {
  name: "bench" | "explain" | "replay";
  options: readonly string[];
}

/** One guest that ran its commands, and its results. */
export interface FinishedBoot extends PlannedBoot {
  resultsFiles: string[];
  firstTrialMs: number | null;
  peakMemoryBytes: number;
  elapsedMs: number;
  /** What each command printed on its standard output. */
  printed: string[];
}

/** What a lab run does with its kernels. */
export interface LabPlan {
  /** What runs in each guest, one after the other. */
  commands: readonly [GuestCommand, ...GuestCommand[]];
  filesystems: readonly FilesystemChoice[];
  boots: number;
  /** Guests at a time. */
  jobs: number;
  /** The folder for results files on this machine. */
  out: string;
  /** Called for each guest as it ends, so that what was measured is kept whatever comes after. */
  onFinished?: (boot: FinishedBoot) => Promise<void>;
}
