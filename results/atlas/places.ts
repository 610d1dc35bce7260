/** Where the file lies: a column group of the atlas' map. */
export interface AtlasPlace {
  /** Stable: data, addresses and questions use it. */
  name: string;
  words: string;
  /** As the lab names it. */
  filesystem: "ext4" | "xfs" | "btrfs" | "btrfs-nocow" | "overlay";
  mountOptions: readonly string[];
  /** Layers on the disk, lowest first. */
  stack: readonly ("luks" | "lvm" | "raid1")[];
}

const plain = { mountOptions: [], stack: [] } as const;

export const ATLAS_PLACES: readonly AtlasPlace[] = [
  { name: "ext4", words: "ext4", filesystem: "ext4", ...plain },
  { name: "xfs", words: "XFS", filesystem: "xfs", ...plain },
  { name: "btrfs", words: "btrfs", filesystem: "btrfs", ...plain },
  { name: "btrfs-nocow", words: "btrfs with nodatacow", filesystem: "btrfs-nocow", ...plain },
  { name: "overlay", words: "overlayfs on ext4", filesystem: "overlay", ...plain },
  {
    name: "ext4-lazytime",
    words: "ext4 with lazytime",
    filesystem: "ext4",
    mountOptions: ["lazytime"],
    stack: [],
  },
  {
    name: "ext4-journal",
    words: "ext4 with data=journal",
    filesystem: "ext4",
    mountOptions: ["data=journal"],
    stack: [],
  },
  {
    name: "ext4-nodelalloc",
    words: "ext4 with nodelalloc",
    filesystem: "ext4",
    mountOptions: ["nodelalloc"],
    stack: [],
  },
  {
    name: "ext4-noatime",
    words: "ext4 with noatime",
    filesystem: "ext4",
    mountOptions: ["noatime"],
    stack: [],
  },
  {
    name: "ext4-luks",
    words: "ext4 on dm-crypt (LUKS)",
    filesystem: "ext4",
    mountOptions: [],
    stack: ["luks"],
  },
  {
    name: "ext4-lvm",
    words: "ext4 on LVM (dm-linear)",
    filesystem: "ext4",
    mountOptions: [],
    stack: ["lvm"],
  },
  {
    name: "ext4-raid1",
    words: "ext4 on md raid1",
    filesystem: "ext4",
    mountOptions: [],
    stack: ["raid1"],
  },
];
