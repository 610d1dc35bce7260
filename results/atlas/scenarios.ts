import type { Preparation } from "../vocabulary.js";
import { type AtlasScenario, plain, rows } from "./scenario-rows.js";

const FIRST_WRITES: Readonly<Record<Preparation, string>> = {
  "no-fallocate": "O_DIRECT writes that make the file grow",
  "keep-size":
    "O_DIRECT writes behind the end of the file, after fallocate with FALLOC_FL_KEEP_SIZE",
  "fallocate-0": "first O_DIRECT writes into blocks that fallocate reserved",
  "zero-range": "first O_DIRECT writes into blocks that FALLOC_FL_ZERO_RANGE reserved",
  "dd-prefill": "O_DIRECT overwrites of written blocks",
};

/** The five preparations at depths 1 and 8. */
const PREPARED: AtlasScenario[] = (Object.keys(FIRST_WRITES) as Preparation[]).flatMap(
  (preparation) =>
    [1, 8].map((queueDepth) => ({
      name: queueDepth === 1 ? preparation : `${preparation}-depth-8`,
      words: `${FIRST_WRITES[preparation]}${queueDepth === 1 ? ", one at a time" : ", 8 at a time"}`,
      group: preparation === "dd-prefill" ? "overwrites" : "first writes",
      scenario: plain({ preparation, queueDepth }),
    })),
);

const APPEND = { preparation: "no-fallocate", order: "append" } as const;
/** Each is cut out with a fallocate of its own, which takes long on an emulated CPU. */
const EXTENTS = 64;
/** Extents of one block, two for each request. */
const ACROSS = { extents: EXTENTS, blockSizeBytes: 8192, fileSizeBytes: EXTENTS * 4096 } as const;
/** Each file's first write is one of four. */
const COLD = { inode: "cold", files: 32, fileSizeBytes: 32 * 4 * 4096 } as const;
const RESERVED = { preparation: "fallocate-0" } as const;
const PACE_1MS = { intervalNs: 1_000_000 } as const;
const PACE_10MS = { intervalNs: 10_000_000 } as const;

export const ATLAS_SCENARIOS: readonly AtlasScenario[] = [
  ...PREPARED,
  ...rows("first writes", [
    ["append", "O_DIRECT appends (O_APPEND), one at a time", APPEND],
    ["append-depth-8", "O_DIRECT appends (O_APPEND), 8 at a time", { ...APPEND, queueDepth: 8 }],
    [
      "hole",
      "O_DIRECT writes at random places of a file that was empty, which fill its holes",
      { preparation: "no-fallocate", order: "random" },
    ],
    [
      "crossing-extents-reserved",
      "first O_DIRECT writes of 8 KiB across two extents that fallocate reserved",
      { ...ACROSS, ...RESERVED },
    ],
    [
      "fallocate-0-random",
      "first O_DIRECT writes at random places of blocks that fallocate reserved",
      { ...RESERVED, order: "random" },
    ],
    [
      "fallocate-0-pace-10ms",
      "a first O_DIRECT write every 10 ms into blocks that fallocate reserved",
      { ...RESERVED, ...PACE_10MS },
    ],
  ]),
  ...rows("overwrites", [
    ["overwrite-pace-1ms", "an O_DIRECT overwrite every 1 ms", PACE_1MS],
    ["overwrite-pace-10ms", "an O_DIRECT overwrite every 10 ms", PACE_10MS],
    [
      "overwrite-stat",
      "an O_DIRECT overwrite every 1 ms, while another program asks for the file's timestamps (statx)",
      { ...PACE_1MS, statIntervalNs: 1_000_000 },
    ],
    ["overwrite-random", "O_DIRECT overwrites at random places", { order: "random" }],
    ["overwrite-vectored", "O_DIRECT overwrites with writev", { vectored: true }],
    [
      "overwrite-registered",
      "O_DIRECT overwrites with registered buffers",
      { registeredBuffers: true },
    ],
    [
      "overwrite-cached",
      "O_DIRECT overwrites of blocks that are in the page cache",
      { pageCache: "filled" },
    ],
    [
      "fragmented",
      "O_DIRECT overwrites of a fragmented file, each inside one extent",
      { extents: EXTENTS },
    ],
    [
      "crossing-extents",
      "O_DIRECT overwrites of 8 KiB of a fragmented file, each across two extents",
      ACROSS,
    ],
    [
      "cold-inode",
      "O_DIRECT overwrites of 32 files whose inodes the kernel has just loaded, 4 of each",
      COLD,
    ],
    [
      "cold-fragmented",
      "O_DIRECT overwrites of 8 fragmented files whose inodes the kernel has just loaded, 16 of each",
      { inode: "cold", files: 8, extents: 16, fileSizeBytes: 8 * 16 * 4096 },
    ],
    [
      "recycled",
      "O_DIRECT writes through 4 segments of a log in turn, which are then overwritten",
      { ...RESERVED, order: "recycled", files: 4, fileSizeBytes: 4 * 64 * 4096 },
    ],
  ]),
  ...rows("sizes", [
    [
      "overwrite-512",
      "O_DIRECT overwrites of 512 bytes, less than a filesystem block",
      { blockSizeBytes: 512 },
    ],
    [
      "overwrite-unaligned",
      "O_DIRECT overwrites of 6 KiB, which begin or end inside a filesystem block",
      { blockSizeBytes: 6144 },
    ],
    ["overwrite-64k", "O_DIRECT overwrites of 64 KiB", { blockSizeBytes: 65536 }],
    ["overwrite-1m", "O_DIRECT overwrites of 1 MiB", { blockSizeBytes: 1 << 20 }],
    [
      "fallocate-0-512",
      "first O_DIRECT writes of 512 bytes into blocks that fallocate reserved",
      { ...RESERVED, blockSizeBytes: 512 },
    ],
    [
      "fallocate-0-64k",
      "first O_DIRECT writes of 64 KiB into blocks that fallocate reserved",
      { ...RESERVED, blockSizeBytes: 65536 },
    ],
    [
      "fallocate-0-1m",
      "first O_DIRECT writes of 1 MiB into blocks that fallocate reserved",
      { ...RESERVED, blockSizeBytes: 1 << 20 },
    ],
  ]),
  ...rows("durable writes", [
    [
      "overwrite-o_dsync",
      "O_DIRECT overwrites of a file opened with O_DSYNC",
      { durability: "o_dsync" },
    ],
    ["overwrite-rwf_dsync", "O_DIRECT overwrites with RWF_DSYNC", { durability: "rwf_dsync" }],
    [
      "overwrite-linked-fdatasync",
      "O_DIRECT overwrites, each with an fdatasync linked behind it",
      { durability: "linked-fdatasync" },
    ],
    [
      "overwrite-group-fdatasync",
      "groups of 8 O_DIRECT overwrites, then an fdatasync",
      { durability: "group-fdatasync", groupWrites: 8, queueDepth: 8 },
    ],
    [
      "fallocate-0-o_dsync",
      "first O_DIRECT writes with O_DSYNC into blocks that fallocate reserved",
      { ...RESERVED, durability: "o_dsync" },
    ],
    [
      "append-o_dsync",
      "O_DIRECT appends of a file opened with O_DSYNC",
      { ...APPEND, durability: "o_dsync" },
    ],
  ]),
  ...rows("buffered", [
    ["buffered-overwrite", "buffered overwrites of written blocks", { io: "buffered" }],
    ["buffered-append", "buffered appends (O_APPEND)", { ...APPEND, io: "buffered" }],
    [
      "buffered-append-o_dsync",
      "buffered appends of a file opened with O_DSYNC",
      { ...APPEND, io: "buffered", durability: "o_dsync" },
    ],
    ["uncached-overwrite", "overwrites with RWF_DONTCACHE", { io: "uncached" }],
  ]),
  ...rows("reads", [
    ["read", "O_DIRECT reads of written blocks, one at a time", { operation: "read" }],
    [
      "read-depth-8",
      "O_DIRECT reads of written blocks, 8 at a time",
      { operation: "read", queueDepth: 8 },
    ],
    [
      "read-reserved",
      "O_DIRECT reads of blocks that were reserved and never written",
      { ...RESERVED, operation: "read" },
    ],
    [
      "buffered-read",
      "buffered reads of blocks that are not in the page cache",
      { operation: "read", io: "buffered" },
    ],
    [
      "read-cached",
      "O_DIRECT reads of blocks that are in the page cache",
      { operation: "read", pageCache: "filled" },
    ],
    [
      "buffered-read-cached",
      "buffered reads of blocks that are in the page cache",
      { operation: "read", io: "buffered", pageCache: "filled" },
    ],
    [
      "mixed",
      "70 % O_DIRECT reads and 30 % overwrites, 8 at a time",
      { operation: "readwrite", readPercent: 70, queueDepth: 8 },
    ],
  ]),
  ...rows("other operations", [
    ["fsync", "fsync", { operation: "fsync" }],
    ["fallocate", "fallocate", { preparation: "no-fallocate", operation: "fallocate" }],
    ["openat", "openat of a file that is in the dentry cache", { operation: "openat" }],
    ["statx", "statx of a file that is in the dentry cache", { operation: "statx" }],
  ]),
  ...rows("rings and workers", [
    [
      "two-rings",
      "O_DIRECT overwrites of one file by two rings, each with its own thread",
      { rings: 2, queueDepth: 8 },
    ],
    [
      "two-rings-first-write",
      "first O_DIRECT writes of one file by two rings into blocks that fallocate reserved",
      { ...RESERVED, rings: 2, queueDepth: 8 },
    ],
    ["sqpoll", "O_DIRECT overwrites through an SQPOLL ring", { ring: "sqpoll" }],
    [
      "one-worker",
      "O_DIRECT writes that make the file grow, 8 at a time, with at most one io-wq worker",
      { preparation: "no-fallocate", queueDepth: 8, iowqWorkers: 1 },
    ],
    [
      "drained",
      "O_DIRECT overwrites with IOSQE_IO_DRAIN, 4 at a time: each waits for all before it",
      { drained: true, queueDepth: 4 },
    ],
    ["forced", "O_DIRECT overwrites with IOSQE_ASYNC, which asks for the punt", { arm: "forced" }],
  ]),
];
