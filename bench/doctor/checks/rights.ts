import type { Facts } from "../facts.js";
import { type Finding, fine } from "../finding.js";

export function puntCounter({ rights }: Facts): Finding {
  const { available, reason } = rights.puntCounter;
  if (available) return fine("punt-counter", "punts can be counted");
  return {
    check: "punt-counter",
    severity: "warning",
    what: `punts cannot be counted: ${reason}`,
    why: "puntCount is null; the results hold the prediction of the nowait probe, which is not a count",
    remedy: "Run as root, in a container with CAP_SYS_ADMIN and CAP_PERFMON.",
  };
}

export function ioUring({ rights }: Facts): Finding {
  const refused = rights.ringRefused;
  if (refused === null) return fine("io-uring", "io_uring can be used");
  return {
    check: "io-uring",
    severity: "blocker",
    what: refused.message,
    why: "without a ring there is nothing to measure; `puntbench probe` still answers with other system calls",
    remedy: refused.remedy,
  };
}

export function seccomp({ rights }: Facts): Finding {
  const { seccompFilter, container } = rights;
  const inside = container === null ? "" : ` (in ${container})`;
  if (seccompFilter !== true) {
    const what = seccompFilter === null ? "not known" : "no filter of system calls";
    return fine("seccomp", `${what}${inside}`);
  }
  return {
    check: "seccomp",
    severity: "note",
    what: `system calls pass a seccomp filter${inside}`,
    why: "each call runs the filter first, which adds to every io_uring_enter and io_submit",
    remedy: "Compare with figures of the host, or run with --security-opt seccomp=unconfined.",
  };
}
