import type { Workload } from "./workload.js";

export const COMMITLOG_PREZEROED: Workload = {
  name: "commitlog-prezeroed",
  what: "the commit log of ScyllaDB, whose segments are used again",
  parameters: {
    preparation: {
      value: "dd-prefill",
      source:
        "scylladb/scylladb db/commitlog/commitlog.cc: allocate_segment takes a recycled segment where there is one",
    },
    durability: {
      value: "o_dsync",
      source:
        "scylladb/scylladb db/commitlog/commitlog.cc: allocate_segment opens with open_flags::dsync; db/config.cc: commitlog_use_o_dsync is true",
    },
  },
  needs: [
    {
      value: "segments that are overwritten in turn",
      source:
        "scylladb/scylladb db/config.cc: commitlog_reuse_segments is true, commitlog_segment_size_in_mb is 64",
    },
  ],
};
