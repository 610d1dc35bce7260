import type { Workload } from "./workload.js";

const JOURNAL = "tigerbeetle/tigerbeetle src/vsr/journal.zig";
const CONFIG = "tigerbeetle/tigerbeetle src/config.zig";

export const TIGERBEETLE_JOURNAL: Workload = {
  name: "tigerbeetle-journal",
  what: "the prepares in the journal of TigerBeetle, a circular buffer in its one data file",
  streams: [
    {
      preparation: {
        value: "fallocate-0",
        source:
          "tigerbeetle/tigerbeetle src/io/linux.zig: fs_allocate when the data file is made; src/vsr/replica_format.zig writes only the header of each prepare",
      },
      queueDepth: { value: 32, source: `${CONFIG}: journal_iops_write_max = 32` },
      blockSizeBytes: {
        value: 1 << 20,
        source: `${CONFIG}: message_size_max = 1 MiB; ${JOURNAL}: each slot is padded to it`,
      },
      order: {
        value: "recycled",
        source: `${JOURNAL}: the WAL consists of two contiguous circular buffers on disk`,
      },
      io: { value: "direct", source: `${CONFIG}: direct_io = true` },
      durability: {
        value: "o_dsync",
        source: "tigerbeetle/tigerbeetle src/io/linux.zig: the data file is opened with O_DSYNC",
      },
    },
  ],
};
