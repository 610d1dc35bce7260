/** Bits of FS_IOC_GETFLAGS (include/uapi/linux/fs.h), as lsattr(1) shows them. */
export const INODE_FLAGS = {
  /** +j: ext4 journals the file's data. */
  dataJournal: 0x4000,
  /** +C: btrfs overwrites in place. */
  noCow: 0x80_0000,
} as const;
