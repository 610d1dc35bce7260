import { z } from "zod";

const count = z.number().int().nonnegative();

/** How the measuring machine was virtualised. Times of an emulated CPU compare with nothing. */
export const Virtualisation = z.object({
  hypervisor: z.string().nullable(),
  /** true under software emulation (TCG). */
  emulated: z.boolean(),
});

/** Set by the lab, which boots the kernel; null on a host. */
export const LabProvenance = z.object({
  kernelPackage: z.string(),
  kernelPackageVersion: z.string(),
  accelerator: z.enum(["kvm", "tcg", "tcg-icount"]),
  cpus: count.positive(),
  memoryBytes: count,
  device: z.string(),
  /** Which boot of this kernel in this lab session, from 0; boots are the unit of repetition. */
  boot: count,
});
export type LabProvenance = z.infer<typeof LabProvenance>;

export const Filesystem = z.object({
  type: z.string(),
  mountPoint: z.string().nullable(),
  mountOptions: z.array(z.string()),
  /** Feature names from the superblock, when they can be read without privilege. */
  features: z.array(z.string()).nullable(),
  blockSizeBytes: count,
  sizeBytes: count,
  freeBytes: count,
});
export type Filesystem = z.infer<typeof Filesystem>;

export const Device = z.object({
  name: z.string().nullable(),
  model: z.string().nullable(),
  rotational: z.boolean().nullable(),
  scheduler: z.string().nullable(),
  writeCache: z.string().nullable(),
  discardGranularityBytes: count.nullable(),
  logicalBlockBytes: count.nullable(),
  queueRequests: count.nullable(),
});
export type Device = z.infer<typeof Device>;

const DirectIoAlignment = z.object({
  memoryBytes: count,
  offsetBytes: count,
  /** `statx` (STATX_DIOALIGN), `tried`, or `queue`: the logical block of a raw block device. */
  source: z.enum(["statx", "tried", "queue"]),
});

/** The machine, the kernel and the directory that a run measured; part of the header of its results file. */
export const Environment = z.object({
  /** The kernel's own id of this boot, /proc/sys/kernel/random/boot_id; null: not known. */
  bootId: z.string().nullable(),
  kernelRelease: z.string(),
  kernelVersion: z.string(),
  /** Configuration options that bear on punts, e.g. CONFIG_HZ; null values when the config cannot be read. */
  kernelConfig: z.record(z.string(), z.string().nullable()),
  machine: z.string(),
  cpuModel: z.string().nullable(),
  cpuCount: count,
  governor: z.string().nullable(),
  memoryBytes: count,
  virtualisation: Virtualisation,
  lab: LabProvenance.nullable(),
  container: z.string().nullable(),
  /** Of the directory that was measured; null: programs were watched. The same holds for the two that follow. */
  filesystem: Filesystem.nullable(),
  device: Device.nullable(),
  directIoAlignment: DirectIoAlignment.nullable(),
  privileges: z.object({
    user: z.number().int(),
    /** Whether punts can be counted, and if not, why. */
    puntCounter: z.boolean(),
    puntCounterReason: z.string().nullable(),
    ioUringDisabled: count.nullable(),
    perfEventParanoid: z.number().int().nullable(),
  }),
});
export type Environment = z.infer<typeof Environment>;
