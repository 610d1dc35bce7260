import { readText } from "./read.js";

/** Who runs this machine's CPU. `emulated`: by software (QEMU's TCG), so that times mean nothing. */
export function virtualisation(): { hypervisor: string | null; emulated: boolean } {
  const cpuinfo = readText("/proc/cpuinfo") ?? "";
  // QEMU names the models of its emulator so; `-cpu host` exists only under an accelerator.
  const emulated = /^model name\s*:.*QEMU TCG/m.test(cpuinfo);
  const virtual = emulated || /^flags\s*:.*\bhypervisor\b/m.test(cpuinfo);
  if (!virtual) return { hypervisor: null, emulated: false };
  const vendor = readText("/sys/class/dmi/id/sys_vendor");
  const product = readText("/sys/class/dmi/id/product_name");
  const named = [vendor, product].filter((part) => part !== null && part !== "").join(" ");
  return { hypervisor: named || "unnamed", emulated };
}

/** The container runtime this process runs under, as far as the runtime shows itself. */
export function container(): string | null {
  if (readText("/run/.containerenv") !== null) return "podman";
  if (readText("/.dockerenv") !== null) return "docker";
  if (process.env.KUBERNETES_SERVICE_HOST !== undefined) return "kubernetes";
  return readText("/run/systemd/container");
}
