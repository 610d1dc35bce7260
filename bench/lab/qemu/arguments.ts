import { SCRATCH_SERIAL } from "../../environment/lab-guest.js";

/** Software emulation, hardware, or emulation that counts instructions. */
export type Accelerator = "kvm" | "tcg" | "tcg-icount";

/** How a port of the guest reaches the lab: a descriptor that qemu inherits, a file, or the terminal. */
export type Channel = { fd: number } | { file: string } | { terminal: true };

export interface ScratchDisk {
  kind: "virtio-blk" | "nvme";
  image: string;
}

/** The hardware of a guest. */
export interface MachineSpec {
  /** What the process is called in a list of processes. */
  name: string;
  accelerator: Accelerator;
  cpus: number;
  memoryBytes: number;
  kernel: string;
  initramfs: string;
  systemImage: string;
  /** null when the guest makes its scratch device (`null_blk`). */
  scratch: ScratchDisk | null;
  console: Channel;
  /** virtio-serial ports by name. */
  ports: readonly { name: string; channel: Channel }[];
}

export const QEMU = "qemu-system-x86_64";

/**
 * The kernel's command line. A panic or an oops ends the guest. The kernel trusts the CPU's random
 * numbers, so that node does not wait for entropy, and skips its tests of built-in ciphers.
 */
export const KERNEL_PARAMETERS =
  "console=ttyS0 quiet panic=-1 oops=panic random.trust_cpu=on cryptomgr.notests rdinit=/init";

/** Where the driver is built in. As a module it gets the same from the initramfs. */
const POLLED_QUEUE = "nvme.poll_queues=1";

/** Nothing is taken from the user's or the system's qemu settings. */
export const MACHINE = "-nodefaults -no-user-config -no-reboot -display none -machine pc".split(
  " ",
);

/** qemu itself may start no program, gain no privilege and change no limit or priority. */
const SANDBOX = "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny";

/** The arguments of qemu for a guest. */
export function qemuArguments(spec: MachineSpec): string[] {
  const { accelerator, scratch } = spec;
  return [
    MACHINE,
    ["-name", spec.name],
    ["-sandbox", SANDBOX],
    acceleration(accelerator),
    ["-smp", String(spec.cpus)],
    ["-m", `${Math.ceil(spec.memoryBytes / 2 ** 20)}M`],
    ["-kernel", spec.kernel],
    ["-initrd", spec.initramfs],
    ["-append", [KERNEL_PARAMETERS, ...(scratch?.kind === "nvme" ? [POLLED_QUEUE] : [])].join(" ")],
    ["-chardev", chardev("console", spec.console)],
    ["-serial", "chardev:console"],
    disk("system", spec.systemImage, "virtio-blk", "readonly=on,cache=unsafe"),
    scratch ? disk(SCRATCH_SERIAL, scratch.image, scratch.kind, hostCache(accelerator)) : [],
    spec.ports.length > 0 ? ["-device", "virtio-serial-pci"] : [],
    ...spec.ports.map(({ name, channel }) => {
      const id = name.split(".").at(-1) as string;
      const device = `virtserialport,chardev=${id},name=${name}`;
      return ["-chardev", chardev(id, channel), "-device", device];
    }),
  ].flat();
}

/**
 * Emulation runs all processors on one thread: with one thread each, newer kernels can oops while
 * they patch their own code. Counting makes a nanosecond of guest time one executed instruction.
 */
export function acceleration(accelerator: Accelerator): string[] {
  if (accelerator === "kvm") return ["-accel", "kvm", "-cpu", "host"];
  const emulation = ["-accel", "tcg,thread=single", "-cpu", "max"];
  return accelerator === "tcg" ? emulation : [...emulation, "-icount", "shift=0,sleep=off"];
}

/** Under KVM times count, so the host's cache must not take part. */
function hostCache(accelerator: Accelerator): string {
  return accelerator === "kvm" ? "cache=none,aio=native" : "cache=unsafe";
}

function disk(name: string, image: string, kind: "virtio-blk" | "nvme", options: string): string[] {
  const device = kind === "nvme" ? "nvme" : "virtio-blk-pci";
  const drive = `if=none,id=${name},format=raw,discard=ignore,${options},file=${escapeCommas(image)}`;
  return ["-drive", drive, "-device", `${device},drive=${name},serial=${name}`];
}

function chardev(id: string, channel: Channel): string {
  if ("fd" in channel) return `socket,id=${id},fd=${channel.fd}`;
  if ("file" in channel) return `file,id=${id},path=${escapeCommas(channel.file)}`;
  return `stdio,id=${id},signal=off`;
}

/** qemu reads two commas as one. */
function escapeCommas(value: string): string {
  return value.replaceAll(",", ",,");
}
