import { atLeast } from "./kernel-version.js";
import type { Rule } from "./prediction.js";

/**
 * Filesystems whose files are opened without FMODE_NOWAIT, and where that was seen. From Linux 6.4 on, io_uring looks
 * only at this flag of a regular file, so it never tries such a write inline.
 */
const SEEN: Readonly<Record<string, string>> = {
  tmpfs: "shmem_file_open of 6.12.117, and counted on 6.18: 256 of 256 O_DIRECT writes punted",
  nfs: "fs/nfs of 6.12.117",
  nfs4: "fs/nfs of 6.12.117",
  cifs: "fs/smb/client of 6.12.117",
  smb3: "fs/smb/client of 6.12.117",
  ceph: "fs/ceph of 6.12.117",
  "9p": "fs/9p of 6.12.117",
  fuse: "fs/fuse of 6.12.117",
  fuseblk: "fs/fuse of 6.12.117",
  virtiofs: "fs/fuse of 6.12.117",
  exfat: "fs/exfat of 6.12.117",
  bcachefs: "fs/bcachefs of 6.12.117",
  zfs: "zpl_open of OpenZFS, commit 00f118bc5f78",
};

/** Names as mount(8) has them. */
export const FILESYSTEMS_WITHOUT_NOWAIT: readonly string[] = Object.keys(SEEN);

/**
 * Until Linux 6.3 io_file_supports_nowait took every regular file without a device in its superblock for one that can
 * refuse to wait. What these filesystems then do with IOCB_NOWAIT was not examined.
 */
export const rulesWithoutNowait = (filesystem: string): readonly Rule[] => [
  {
    applies: ({ kernel }) => atLeast(kernel, 6, 4),
    punts: true,
    cause: "no-nowait",
    why: `files of ${filesystem} cannot be written without waiting: they have no FMODE_NOWAIT (seen in ${SEEN[filesystem]})`,
    kernelFunction: "io_file_supports_nowait",
    curedBy: "a file on ext4, XFS or f2fs",
  },
  {
    applies: () => true,
    punts: null,
    cause: "not-established",
    why: `before Linux 6.4 io_uring tries writes to ${filesystem} inline, and what comes back was not examined`,
    kernelFunction: "io_file_supports_nowait",
    curedBy: null,
  },
];
