/** Filesystems that a guest can measure on; `btrfs-nocow` is btrfs mounted with `nodatacow`, `overlay` lies on ext4. */
export const FILESYSTEMS = ["ext4", "xfs", "btrfs", "btrfs-nocow", "overlay"] as const;
export type FilesystemChoice = (typeof FILESYSTEMS)[number];

/** What the scratch filesystem lies on. `null_blk` is made inside the guest: a device without latency. */
export const SCRATCH_DEVICES = ["virtio-blk", "nvme", "null_blk"] as const;
export type ScratchDevice = (typeof SCRATCH_DEVICES)[number];

/** Where things are inside a guest. */
export const GUEST = {
  scratch: "/scratch",
  /** In memory, so that what is written there is no part of what is measured. */
  output: "/output",
  puntbench: "/puntbench",
} as const;

/** What a guest does between its start and its end. */
export interface GuestJob {
  filesystem: FilesystemChoice;
  device: ScratchDevice;
  /** Of a device that the guest makes itself. */
  guestDevice: GuestDevice;
  /** Added to the filesystem's own mount options. */
  mountOptions: readonly string[];
  /** Arguments of `node` for each command, run one after the other. */
  commands: readonly (readonly string[])[];
  environment: Readonly<Record<string, string>>;
  nodePath: string;
  /** A sign of life every few seconds, so that a hang is noticed; it costs the guest instructions. */
  heartbeat: boolean;
  /** Give a prompt on the console instead of running the commands. */
  shell: boolean;
  /** For tests of the lab itself: what goes wrong in this guest. */
  fault: "panic" | "hang" | null;
}

/** The `null_blk` device, in the guest's memory. */
export interface GuestDevice {
  sizeBytes: number;
  /** From a request to its completion, on the guest's own clock; 0 completes inside the request. */
  latencyNs: number;
}

/** The kind of filesystem that is made on the device. */
export function filesystemType(choice: FilesystemChoice): "ext4" | "xfs" | "btrfs" {
  if (choice === "overlay") return "ext4";
  return choice === "btrfs-nocow" ? "btrfs" : choice;
}

export function mountOptions(job: Pick<GuestJob, "filesystem" | "mountOptions">): string[] {
  return [...(job.filesystem === "btrfs-nocow" ? ["nodatacow"] : []), ...job.mountOptions];
}

/** Modules that the job needs, as far as a kernel does not have them built in. */
export function neededModules(job: Pick<GuestJob, "filesystem" | "device">): string[] {
  const device = { "virtio-blk": "virtio_blk", nvme: "nvme", null_blk: "null_blk" }[job.device];
  // The system image is ext4, on virtio.
  const always = ["virtio_pci", "virtio_console", "virtio_blk", "ext4"];
  const layer = job.filesystem === "overlay" ? ["overlay"] : [];
  return [...new Set([...always, device, filesystemType(job.filesystem), ...layer])];
}

/** A word that a POSIX shell reads back unchanged. */
export function shellQuote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
