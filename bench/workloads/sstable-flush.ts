import type { Workload } from "./workload.js";

const ENV = "facebook/rocksdb include/rocksdb/env.h";

export const SSTABLE_FLUSH: Workload = {
  name: "sstable-flush",
  what: "RocksDB flushes a memtable to a new SST file with use_direct_io_for_flush_and_compaction",
  streams: [
    {
      preparation: {
        value: "keep-size",
        source: `${ENV}: EnvOptions allow_fallocate = true, fallocate_with_keep_size = true`,
      },
      queueDepth: {
        value: 1,
        source: `${ENV}: NewWritableFile, 'will only be accessed by one thread at a time'`,
      },
      blockSizeBytes: {
        value: 1 << 20,
        source: `${ENV}: EnvOptions writable_file_max_buffer_size = 1024 * 1024; the wiki page Direct-IO says that it is the size of direct writes`,
      },
      order: {
        value: "sequential",
        source:
          "facebook/rocksdb issue 7109: WritableFileWriter::Append fills a buffer of that size, which is then written",
      },
      io: {
        value: "direct",
        source:
          "https://github.com/facebook/rocksdb/wiki/Direct-IO: use_direct_io_for_flush_and_compaction writes with O_DIRECT",
      },
    },
  ],
};
