import { type FilesystemChoice, filesystemType } from "./job.js";

/** A program and its arguments that make a filesystem, and the Debian package that has the program. */
export interface MakeFilesystem {
  program: string;
  args: string[];
  package: string;
}

/**
 * The same features for every kernel from 5.10 on, so that only the kernel differs. Lazy
 * initialisation is off, since its thread writes after the mount. Nothing is discarded, so that the
 * host's blocks stay allocated. Features that an old kernel cannot mount are off: ext4's orphan_file
 * needs 5.15, XFS's nrext64 needs 5.19, btrfs' block-group-tree needs 6.1. null: the guest needs none.
 */
export function makeFilesystem(choice: FilesystemChoice, device: string): MakeFilesystem | null {
  const type = filesystemType(choice);
  if (type === null) return null;
  if (type === "ext4") {
    const features = "^orphan_file,^metadata_csum_seed";
    const extended = "lazy_itable_init=0,lazy_journal_init=0,nodiscard";
    return {
      program: "mkfs.ext4",
      args: ["-q", "-F", "-b", "4096", "-O", features, "-E", extended, device],
      package: "e2fsprogs",
    };
  }
  if (type === "xfs") {
    return {
      program: "mkfs.xfs",
      args: ["-q", "-f", "-K", "-i", "nrext64=0", device],
      package: "xfsprogs",
    };
  }
  if (type === "f2fs") {
    return { program: "mkfs.f2fs", args: ["-q", "-f", "-t", "0", device], package: "f2fs-tools" };
  }
  return {
    program: "mkfs.btrfs",
    args: ["-q", "-f", "-K", "-m", "single", "-d", "single", device],
    package: "btrfs-progs",
  };
}
