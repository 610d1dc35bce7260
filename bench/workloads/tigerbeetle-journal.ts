import type { Workload } from "./workload.js";

export const TIGERBEETLE_JOURNAL: Workload = {
  name: "tigerbeetle-journal",
  what: "the journal of TigerBeetle, part of its one data file",
  parameters: {
    preparation: {
      value: "fallocate-0",
      source: "tigerbeetle/tigerbeetle src/io/linux.zig: fs_allocate when the data file is made",
    },
    durability: {
      value: "o_dsync",
      source:
        "tigerbeetle/tigerbeetle src/io/linux.zig: the data file is opened with O_DSYNC; src/config.zig: direct_io = true",
    },
  },
  needs: [],
};
