import type { Workload } from "./workload.js";

const PAGE = "https://www.postgresqlco.nf/en/doc/param";

export const WAL_O_DSYNC: Workload = {
  name: "wal-o_dsync",
  what: "the write-ahead log of PostgreSQL with wal_sync_method = open_datasync",
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
    durability: {
      value: "o_dsync",
      source: `${PAGE}/wal_sync_method: open_datasync writes with O_DSYNC, and with O_DIRECT if available`,
    },
  },
  needs: [],
};
