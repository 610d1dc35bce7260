import type { Workload } from "./workload.js";

const POSIX = "facebook/rocksdb env/fs_posix.cc: OptimizeForLogWrite sets";
const WIKI = "https://github.com/facebook/rocksdb/wiki/WAL-Performance";

export const ROCKSDB_WAL: Workload = {
  name: "rocksdb-wal",
  what: "the write-ahead log of RocksDB with WriteOptions.sync = true",
  streams: [
    {
      preparation: {
        value: "keep-size",
        source: `${POSIX} fallocate_with_keep_size = true`,
      },
      queueDepth: {
        value: 1,
        source: `${WIKI}: all outstanding writes are combined and written to the WAL once`,
      },
      order: {
        value: "sequential",
        source: `${WIKI}: each WAL write changes both the data and the size of the file`,
      },
      io: { value: "buffered", source: `${POSIX} use_direct_writes = false` },
      durability: {
        value: "group-fdatasync",
        source:
          "facebook/rocksdb file/writable_file_writer.cc: SyncInternal calls Sync, which is fdatasync, unless use_fsync is set",
      },
      groupWrites: { value: 1, source: `${WIKI}: a group is written to the WAL with one fsync` },
    },
  ],
};
