import type { Facts } from "../facts.js";
import { type Finding, fine } from "../finding.js";

export function governor({ machine }: Facts): Finding {
  const { governor: name, hypervisor } = machine;
  if (name === null) {
    const what = hypervisor === null ? "not known" : "the host's";
    return fine("governor", `frequency governor: ${what}`);
  }
  if (name === "performance") return fine("governor", "frequency governor: performance");
  return {
    check: "governor",
    severity: "warning",
    what: `frequency governor: ${name}`,
    why: "a CPU that idles between writes slows down, so paced and punted writes look dearer than they are",
    remedy: "cpupower frequency-set -g performance",
  };
}

export function virtualMachine({ machine }: Facts): Finding {
  const { hypervisor, emulated } = machine;
  if (emulated) {
    return {
      check: "virtualisation",
      severity: "warning",
      what: "the CPU is emulated (TCG)",
      why: "punt counts are exact; times compare with nothing",
      remedy: "Use counts only, or a machine with virtualisation.",
    };
  }
  if (hypervisor === null) return fine("virtualisation", "no hypervisor");
  return {
    check: "virtualisation",
    severity: "note",
    what: `a virtual machine (${hypervisor})`,
    why: "the host's other guests and its own cache for the disk show in times, not in counts",
    remedy: "Use more rounds, and compare only what ran in the same session.",
  };
}

export function clockSource({ machine }: Facts): Finding {
  const name = machine.clockSource;
  if (name === null || !["hpet", "acpi_pm", "jiffies", "refined-jiffies"].includes(name)) {
    return fine("clock-source", `clock source: ${name ?? "not known"}`);
  }
  return {
    check: "clock-source",
    severity: "warning",
    what: `clock source: ${name}`,
    why: "reading the time is a slow system call there, and every write is timed twice",
    remedy: "See dmesg for why the kernel gave up tsc; tsc=reliable on the kernel's command line.",
  };
}

export function cpus({ machine, limits }: Facts): Finding {
  if (machine.cpuCount > 1) return fine("cpus", `${machine.cpuCount} CPUs`);
  return {
    check: "cpus",
    severity: "warning",
    what: `one CPU${limits.cpusAllowed === null ? "" : ` (${limits.cpusAllowed})`}`,
    why: "submitter, io-wq workers and completions take turns on it, so a punt costs latency that others hide",
    remedy: "Measure with two CPUs or more.",
  };
}

/** Others at work, by load and by I/O pressure. */
export function load({ machine }: Facts): Finding {
  const { load: runnable, cpuCount, ioPressurePercent } = machine;
  const busy = runnable > cpuCount / 2;
  const waiting = ioPressurePercent !== null && ioPressurePercent > 10;
  const what =
    `load ${runnable.toFixed(2)} on ${cpuCount} CPUs` +
    (ioPressurePercent === null ? "" : `, I/O pressure ${ioPressurePercent} %`);
  if (!busy && !waiting) return fine("load", what);
  return {
    check: "load",
    severity: "warning",
    what,
    why: "others share the CPUs or the device: times scatter, and system-wide CPU per write holds their work",
    remedy: "Wait until they are done (top, iotop), or use more rounds.",
  };
}
