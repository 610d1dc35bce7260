import { type StackLayer, stackModules } from "./device-stack.js";

/**
 * Filesystems that a guest can measure on; `btrfs-nocow` is btrfs mounted with `nodatacow`, `overlay` lies on ext4. `block`
 * is none: the requests go to the scratch disk itself.
 */
export const FILESYSTEMS = [
  "ext4",
  "xfs",
  "btrfs",
  "btrfs-nocow",
  "overlay",
  "f2fs",
  "block",
] as const;
export type FilesystemChoice = (typeof FILESYSTEMS)[number];

/** Only Debian's kernels for real machines have a module of these. */
const NOT_IN_CLOUD_KERNELS: readonly FilesystemChoice[] = ["f2fs"];

/** The least of Debian's builds of a kernel that has these filesystems. */
export function flavourFor(filesystems: readonly FilesystemChoice[]): "cloud-amd64" | "amd64" {
  return filesystems.some((one) => NOT_IN_CLOUD_KERNELS.includes(one)) ? "amd64" : "cloud-amd64";
}

/** The device below the scratch filesystem. `null_blk` is made inside the guest and has no latency by default. */
export const SCRATCH_DEVICES = ["virtio-blk", "nvme", "null_blk"] as const;
export type ScratchDevice = (typeof SCRATCH_DEVICES)[number];

/** Paths inside a guest. */
export const GUEST = {
  scratch: "/scratch",
  /** In memory, so that writing there does not disturb the scratch disk. */
  output: "/output",
  puntbench: "/puntbench",
  /** What the commands read. */
  input: "/tmp/input",
} as const;

/** A file of this machine, or what is to stand in a file. */
export type GuestInput = { file: string } | { text: string };

/** What a guest does between its start and its end. */
export interface GuestJob {
  filesystem: FilesystemChoice;
  device: ScratchDevice;
  /** Layers between the device and the filesystem, lowest first. */
  stack: readonly StackLayer[];
  /** Kernel modules for what the commands do. */
  modules?: readonly string[];
  /** For a device that the guest makes itself. */
  guestDevice: GuestDevice;
  /** Added to the filesystem's own mount options. */
  mountOptions: readonly string[];
  /** What the commands read at `GUEST.input`; null: nothing. */
  input?: GuestInput | null;
  /** Arguments of `node` for each command, run one after the other. */
  commands: readonly (readonly string[])[];
  environment: Readonly<Record<string, string>>;
  nodePath: string;
  /** The guest reports every few seconds, so that the lab notices a hang. This costs instructions. */
  heartbeat: boolean;
  /** A prompt on the console takes the place of the commands. */
  shell: boolean;
  /** A failure that a test of the lab asks for. */
  fault: "panic" | "hang" | null;
}

/** The `null_blk` device, in the guest's memory. */
export interface GuestDevice {
  sizeBytes: number;
  /** From a request to its completion, on the guest's clock; with 0 a request completes at once. */
  latencyNs: number;
}

/** The kind of filesystem that is made on the device; null: none. */
export function filesystemType(choice: FilesystemChoice): "ext4" | "xfs" | "btrfs" | "f2fs" | null {
  if (choice === "block") return null;
  if (choice === "overlay") return "ext4";
  return choice === "btrfs-nocow" ? "btrfs" : choice;
}

export function mountOptions(job: Pick<GuestJob, "filesystem" | "mountOptions">): string[] {
  return job.filesystem === "btrfs-nocow"
    ? ["nodatacow", ...job.mountOptions]
    : [...job.mountOptions];
}

/** btrfs asks the kernel's cryptography for it by this name, and a guest has nothing that would load its module then. */
const BTRFS_CHECKSUMS = "crypto-crc32c";

/** Modules that the job needs; a kernel may have them built in. */
export function neededModules(
  job: Pick<GuestJob, "filesystem" | "device" | "stack" | "modules">,
): string[] {
  const device = { "virtio-blk": "virtio_blk", nvme: "nvme", null_blk: "null_blk" }[job.device];
  // The system image is ext4, on virtio.
  const always = ["virtio_pci", "virtio_console", "virtio_blk", "ext4"];
  const type = filesystemType(job.filesystem);
  const layer = job.filesystem === "overlay" ? ["overlay"] : [];
  return [
    ...new Set([
      ...always,
      device,
      ...(type === "btrfs" ? [BTRFS_CHECKSUMS] : []),
      ...(type === null ? [] : [type]),
      ...layer,
      ...stackModules(job.stack),
      ...(job.modules ?? []),
    ]),
  ];
}
