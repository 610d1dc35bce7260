import { readText } from "./read.js";

/** The hypervisor of this machine. `emulated`: software (QEMU's TCG) runs the CPU, so times mean nothing. */
export function virtualisation(): { hypervisor: string | null; emulated: boolean } {
  const cpuinfo = readText("/proc/cpuinfo") ?? "";
  // Only QEMU's emulator uses these model names; `-cpu host` needs an accelerator.
  const emulated = /^model name\s*:.*QEMU TCG/m.test(cpuinfo);
  const virtual = emulated || /^flags\s*:.*\bhypervisor\b/m.test(cpuinfo);
  if (!virtual) return { hypervisor: null, emulated: false };
  const vendor = readText("/sys/class/dmi/id/sys_vendor");
  const product = readText("/sys/class/dmi/id/product_name");
  const named = [vendor, product].filter((part) => part !== null && part !== "").join(" ");
  return { hypervisor: named || "unnamed", emulated };
}

/** The container runtime that this process runs under, as far as it can be detected. */
export function container(): string | null {
  if (readText("/run/.containerenv") !== null) return "podman";
  if (readText("/.dockerenv") !== null) return "docker";
  if (process.env.KUBERNETES_SERVICE_HOST !== undefined) return "kubernetes";
  return readText("/run/systemd/container");
}
