import type { Workload } from "./workload.js";

const LOG = "scylladb/scylladb db/commitlog/commitlog.cc";

export const COMMITLOG_PREZEROED: Workload = {
  name: "commitlog-prezeroed",
  what: "the commit log of ScyllaDB, whose segments are filled with zeroes and used again",
  streams: [
    {
      preparation: {
        value: "dd-prefill",
        source: `${LOG}: with open_flags::dsync a new segment is filled with zeroes by dma_write up to its full size`,
      },
      blockSizeBytes: {
        value: 128 << 10,
        source: `${LOG}: segment::default_size = 128 * 1024 is the size of a buffer, which is written when it is full`,
      },
      order: {
        value: "recycled",
        source: `${LOG}: allocate_segment takes one of _recycled_segments where there is one`,
      },
      io: {
        value: "direct",
        source: `${LOG}: the buffers are written with file::dma_write`,
      },
      durability: {
        value: "o_dsync",
        source: `${LOG}: allocate_segment adds open_flags::dsync; db/config.cc: commitlog_use_o_dsync is true`,
      },
    },
  ],
};
