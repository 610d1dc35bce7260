import type { Workload } from "./workload.js";

const PAGE = "https://www.postgresqlco.nf/en/doc/param";

export const GROUP_COMMIT: Workload = {
  name: "group-commit",
  what: "the write-ahead log of PostgreSQL with wal_sync_method = fdatasync, the default on Linux",
  parameters: {
    preparation: {
      value: "dd-prefill",
      source:
        "PostgreSQL doc/src/sgml/config.sgml: wal_init_zero (default on) fills new files with zeroes, wal_recycle (default on) uses old ones again",
    },
    blockSizeBytes: {
      value: 8192,
      source: `${PAGE}/wal_writer_flush_after: WAL blocks are XLOG_BLCKSZ bytes, typically 8 kB`,
    },
    order: {
      value: "sequential",
      source: "PostgreSQL doc/src/sgml/wal.sgml: WAL records are appended to the WAL files",
    },
  },
  needs: [
    {
      value: "buffered writes",
      source:
        "PostgreSQL doc/src/sgml/wal.sgml: with fdatasync the write moves WAL buffers to the kernel's cache",
    },
    {
      value: "an fdatasync after several writes",
      source: `${PAGE}/wal_sync_method: fdatasync() at each commit`,
    },
  ],
};
