import { atLeast } from "../../rules/kernel-version.js";
import { overlayWords } from "../../rules/overlay.js";
import { predict } from "../../rules/predict.js";
import { EASY_WRITE } from "../../rules/question.js";
import type { Facts } from "../facts.js";
import { type Finding, fine } from "../finding.js";

/** Filesystems on which counts, rules and explanations were compared with real kernels. */
const TESTED: readonly string[] = ["ext4", "xfs", "btrfs"];

export function filesystemType({ place, kernel }: Facts): Finding {
  const check = "filesystem";
  const type = place.mount?.type ?? "unknown";
  if (place.withoutDevice !== null) {
    return {
      check,
      severity: "blocker",
      what: `${place.directory} is on ${place.withoutDevice}`,
      why: "it has no block device, so O_DIRECT reaches none",
      remedy: "Name a directory on ext4, XFS or btrfs, for example /var/tmp.",
    };
  }
  if (type === "overlay") {
    return {
      check,
      severity: "warning",
      what: "the directory is on overlayfs",
      why: overlayWords(kernel.version),
      remedy: "Name a directory of a volume that is mounted into the container.",
    };
  }
  if (type === "btrfs" && !place.noCow && !place.mount?.options.includes("nodatacow")) {
    return {
      check,
      severity: "note",
      what: "btrfs with copy-on-write and checksums",
      why: atLeast(kernel.version, 6, 2)
        ? "every O_DIRECT write punts, whatever the preparation (btrfs_write_check, btrfs_direct_write)"
        : "every O_DIRECT write punts but the first to each fallocated block (btrfs_write_check)",
      remedy: "To measure overwrites in place, make an empty directory and chattr +C it.",
    };
  }
  const { cause, why } = predict({ ...EASY_WRITE, filesystem: type, kernel: kernel.version });
  if (cause === "no-nowait") {
    const remedy = "Name a directory on ext4, XFS or btrfs.";
    return {
      check,
      severity: "warning",
      what: `the filesystem is ${type}`,
      why: `every write punts: ${why}`,
      remedy,
    };
  }
  if (TESTED.includes(type)) return fine(check, `the filesystem is ${type}`);
  return {
    check,
    severity: "warning",
    what: `the filesystem is ${type}`,
    why: "puntbench was made for and tested on ext4, XFS and btrfs; counts are valid, explanations may be wrong",
    remedy: null,
  };
}

/** One finding for each mount option that changes what is measured. */
export function mountOptions({ place, kernel }: Facts): Finding[] {
  const options = place.mount?.options ?? [];
  const type = place.mount?.type ?? "";
  const found: Finding[] = [];
  const add = (severity: Finding["severity"], what: string, why: string, remedy: string | null) =>
    found.push({ check: "mount-options", severity, what, why, remedy });
  if (options.includes("data=journal")) {
    add(
      "warning",
      "mounted with data=journal",
      "ext4 then does no direct I/O: every write is buffered, journalled, and punts",
      "Mount with data=ordered, the default.",
    );
  }
  if (options.some((option) => option === "discard" || option.startsWith("discard="))) {
    add(
      options.includes("discard=async") ? "note" : "warning",
      "mounted with discard",
      "the files deleted after each trial are discarded while later ones are measured",
      "Mount with nodiscard, and use fstrim outside of measurements.",
    );
  }
  if (options.includes("sync")) {
    add("warning", "mounted with sync", "each write waits for the journal", "Mount with async.");
  }
  if (type === "xfs" && atLeast(kernel.version, 7, 0) && options.includes("lazytime")) {
    add(
      "note",
      "mounted with lazytime",
      "from Linux 7.0 on, XFS does not punt for timestamps with it; default mounts do",
      "If production mounts without it, measure such a mount too.",
    );
  }
  const overwrite = predict({
    ...EASY_WRITE,
    filesystem: type,
    kernel: kernel.version,
    mountOptions: options,
  });
  if (overwrite.punts === "tick") {
    add(
      "note",
      `${type} of this kernel punts for timestamps`,
      `${overwrite.why}: a few percent of the writes back to back, all of them when paced`,
      `Measure with --interval 0,10ms. To avoid it: ${overwrite.curedBy}.`,
    );
  }
  return found.length > 0
    ? found
    : [fine("mount-options", "no mount option changes what is measured")];
}
