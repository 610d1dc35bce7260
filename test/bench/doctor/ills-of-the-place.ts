import type { Ill } from "./healthy-host.js";

/** Rights, kernel, directory and filesystem. */
export const ILLS_OF_THE_PLACE: readonly Ill[] = [
  [
    "no right to the tracepoint",
    ({ rights }) => {
      rights.puntCounter = { available: false, reason: "tracefs is not readable" };
    },
    "warning",
    "punt-counter",
    /tracefs is not readable/,
  ],
  [
    "io_uring switched off",
    ({ rights }) => {
      rights.ringRefused = { message: "io_uring is disabled", remedy: "sysctl" };
    },
    "blocker",
    "io-uring",
    /io_uring is disabled/,
  ],
  [
    "a seccomp filter",
    ({ rights }) => Object.assign(rights, { seccompFilter: true, container: "docker" }),
    "note",
    "seccomp",
    /docker/,
  ],
  [
    "workers that are kernel threads",
    ({ kernel }) =>
      Object.assign(kernel, { release: "5.10.100", version: { major: 5, minor: 10, patch: 100 } }),
    "warning",
    "worker-threads",
    /kernel threads/,
  ],
  [
    "an unknown clock tick",
    ({ kernel }) => Object.assign(kernel, { hz: null }),
    "note",
    "hz",
    /HZ/,
  ],
  [
    "a directory that is not writable",
    ({ place }) => Object.assign(place, { writable: false }),
    "blocker",
    "directory",
    /not writable/,
  ],
  [
    "tmpfs",
    ({ place }) => Object.assign(place, { withoutDevice: "tmpfs" }),
    "blocker",
    "filesystem",
    /tmpfs/,
  ],
  [
    "overlayfs",
    ({ place }) => Object.assign(place.mount as object, { type: "overlay" }),
    "warning",
    "filesystem",
    /overlay/,
  ],
  [
    "a filesystem whose files cannot refuse to wait",
    ({ place }) => Object.assign(place.mount as object, { type: "nfs4" }),
    "warning",
    "filesystem",
    /nfs4/,
  ],
  [
    "btrfs with copy-on-write",
    ({ place }) => Object.assign(place.mount as object, { type: "btrfs" }),
    "note",
    "filesystem",
    /copy-on-write/,
  ],
  [
    "journalled data",
    ({ place }) => place.mount?.options.push("data=journal"),
    "warning",
    "mount-options",
    /data=journal/,
  ],
  [
    "discard at each deletion",
    ({ place }) => place.mount?.options.push("discard"),
    "warning",
    "mount-options",
    /discard/,
  ],
  [
    "lazytime on XFS of 7.0",
    ({ place, kernel }) => {
      Object.assign(place.mount as object, { type: "xfs", options: ["lazytime"] });
      kernel.version = { major: 7, minor: 0, patch: 0 };
    },
    "note",
    "mount-options",
    /lazytime/,
  ],
  [
    "XFS that punts for timestamps, as lazytime does not help before 7.0",
    ({ place }) => Object.assign(place.mount as object, { type: "xfs", options: ["lazytime"] }),
    "note",
    "mount-options",
    /punts for timestamps/,
  ],
  [
    "a nearly full filesystem",
    ({ place }) => Object.assign(place, { freeBytes: 5e9 }),
    "warning",
    "free-space",
    /free/,
  ],
  [
    "no space for one trial",
    ({ place }) => Object.assign(place, { freeBytes: 1e8 }),
    "blocker",
    "free-space",
    /free/,
  ],
  [
    "the scratch of a killed run",
    ({ place }) => place.abandonedScratch.push("/mnt/data/puntbench-scratch-1-a"),
    "note",
    "leftovers",
    /puntbench-scratch-1-a/,
  ],
];
