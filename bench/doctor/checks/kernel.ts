import { atLeast } from "../../rules/kernel-version.js";
import type { Facts } from "../facts.js";
import { type Finding, fine } from "../finding.js";

export function workerThreads({ kernel }: Facts): Finding {
  const { version, release } = kernel;
  const backported = version.major === 5 && version.minor === 10 && version.patch >= 162;
  if (atLeast(version, 5, 12) || backported) {
    return fine("worker-threads", `Linux ${release}: io-wq workers are threads of the process`);
  }
  return {
    check: "worker-threads",
    severity: "warning",
    what: `Linux ${release}: io-wq workers are kernel threads (io_wqe_worker)`,
    why: "they do not belong to the process, so neither their number nor their CPU time is measured",
    remedy: "Use 5.10.162 or newer; only system-wide CPU time includes them.",
  };
}

/** The tick of the coarse clock: a timestamp can punt once per tick. */
export function clockTick({ kernel }: Facts): Finding {
  const { hz } = kernel;
  if (hz === null) {
    return {
      check: "hz",
      severity: "note",
      what: "CONFIG_HZ is not known",
      why: "punts for timestamps happen once per tick, so their share depends on it",
      remedy: "Make /boot/config-$(uname -r) or /proc/config.gz readable.",
    };
  }
  return fine("hz", `CONFIG_HZ=${hz}: a clock tick is ${1000 / hz} ms`);
}
