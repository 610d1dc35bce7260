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
    why: "an idle CPU slows down between writes, so paced and punted writes seem to cost more than they do",
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
      why: "punt counts are exact; times cannot be compared with any other",
      remedy: "Use counts only, or a machine with virtualisation.",
    };
  }
  if (hypervisor === null) return fine("virtualisation", "no hypervisor");
  return {
    check: "virtualisation",
    severity: "note",
    what: `a virtual machine (${hypervisor})`,
    why: "other guests of the host, and its cache for the disk, change times but not counts",
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
    why: "reading the time is a slow system call there, and the bench reads it twice for each write",
    remedy:
      "dmesg says why the kernel does not use tsc; try tsc=reliable on the kernel's command line.",
  };
}

export function cpus({ machine, limits }: Facts): Finding {
  if (machine.cpuCount > 1) return fine("cpus", `${machine.cpuCount} CPUs`);
  return {
    check: "cpus",
    severity: "warning",
    what: `one CPU${limits.cpusAllowed === null ? "" : ` (${limits.cpusAllowed})`}`,
    why: "the submitter, io-wq workers and completions share it, so a punt adds latency that a second CPU would hide",
    remedy: "Measure with two CPUs or more.",
  };
}

/** Other processes at work: by load and by I/O pressure. */
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
    why: "other processes use the CPUs or the device: times vary, and system-wide CPU per write includes their work",
    remedy: "Wait until they are done (top, iotop), or use more rounds.",
  };
}
