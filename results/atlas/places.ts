import type { AtlasScenario } from "./scenario-rows.js";
import { ATLAS_SCENARIOS } from "./scenarios.js";

/** Where the file lies: a column group of the atlas' map. */
export interface AtlasPlace {
  /** Stable: data, addresses and questions use it. */
  name: string;
  words: string;
  /** As the lab names it. */
  filesystem: "ext4" | "xfs" | "btrfs" | "btrfs-nocow" | "overlay" | "f2fs" | "block";
  /** Debian's build of each kernel: the one for virtual machines, unless it lacks what the place needs. */
  flavour: "cloud-amd64" | "amd64";
  mountOptions: readonly string[];
  /** Layers on the disk, lowest first. */
  stack: readonly ("luks" | "lvm" | "raid1")[];
  /** Names of the scenarios that are measured here; absent: all. */
  scenarios?: readonly string[];
}

/**
 * What a mount option or a device below can change: the state of blocks, timestamps, alignment and size, durability, the page
 * cache, reads. What io_uring or the VFS decides before the filesystem is asked (fsync, fallocate, openat, statx, rings,
 * workers) is the same as on the plain filesystem, and is not measured again.
 */
const DECIDED_BELOW: readonly string[] = [
  ...["no-fallocate", "keep-size", "fallocate-0", "zero-range", "dd-prefill", "dd-prefill-depth-8"],
  ...["append", "hole", "overwrite-pace-1ms", "overwrite-pace-10ms", "overwrite-stat"],
  ...["overwrite-512", "overwrite-1m", "overwrite-o_dsync", "fallocate-0-o_dsync"],
  ...["buffered-overwrite", "buffered-append", "read", "read-reserved", "buffered-read"],
];

/** Whose instructions are counted, in a second pass: what programs do most, and what it is compared with (dd-prefill). */
const COSTED: readonly string[] = [
  ...["dd-prefill", "fallocate-0", "no-fallocate", "append", "overwrite-o_dsync", "overwrite-64k"],
  ...["overwrite-cached", "buffered-overwrite", "buffered-append", "read", "forced", "fsync"],
];

/** The scenarios of a place whose instructions are counted. */
export function costedAt(place: AtlasPlace): AtlasScenario[] {
  return scenariosAt(place).filter(({ name }) => COSTED.includes(name));
}

/** The scenarios of a place, in the order of the atlas. */
export function scenariosAt({ scenarios }: AtlasPlace): AtlasScenario[] {
  return ATLAS_SCENARIOS.filter(({ name }) => scenarios?.includes(name) ?? true);
}

const plain = { flavour: "cloud-amd64", mountOptions: [], stack: [] } as const;

/** ext4 with one thing that is not the default. */
function ext4With(
  name: string,
  words: string,
  changed: Partial<Pick<AtlasPlace, "mountOptions" | "stack">>,
): AtlasPlace {
  return { name, words, filesystem: "ext4", ...plain, scenarios: DECIDED_BELOW, ...changed };
}

export const ATLAS_PLACES: readonly AtlasPlace[] = [
  { name: "ext4", words: "ext4", filesystem: "ext4", ...plain },
  { name: "xfs", words: "XFS", filesystem: "xfs", ...plain },
  { name: "btrfs", words: "btrfs", filesystem: "btrfs", ...plain },
  { name: "btrfs-nocow", words: "btrfs with nodatacow", filesystem: "btrfs-nocow", ...plain },
  { name: "block", words: "a raw block device", filesystem: "block", ...plain },
  { name: "f2fs", words: "f2fs", filesystem: "f2fs", ...plain, flavour: "amd64" },
  {
    name: "overlay",
    words: "overlayfs on ext4",
    filesystem: "overlay",
    ...plain,
    scenarios: DECIDED_BELOW,
  },
  ext4With("ext4-lazytime", "ext4 with lazytime", { mountOptions: ["lazytime"] }),
  ext4With("ext4-journal", "ext4 with data=journal", { mountOptions: ["data=journal"] }),
  ext4With("ext4-nodelalloc", "ext4 with nodelalloc", { mountOptions: ["nodelalloc"] }),
  ext4With("ext4-noatime", "ext4 with noatime", { mountOptions: ["noatime"] }),
  ext4With("ext4-luks", "ext4 on dm-crypt (LUKS)", { stack: ["luks"] }),
  ext4With("ext4-lvm", "ext4 on LVM (dm-linear)", { stack: ["lvm"] }),
  ext4With("ext4-raid1", "ext4 on md raid1", { stack: ["raid1"] }),
];
