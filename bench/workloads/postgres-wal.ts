import type { Parameters } from "./workload.js";

export const POSTGRES_PAGE = "https://www.postgresqlco.nf/en/doc/param";

/** What every write-ahead log of PostgreSQL has in common, whatever its wal_sync_method. */
export const POSTGRES_WAL = {
  preparation: {
    value: "dd-prefill",
    source:
      "PostgreSQL doc/src/sgml/config.sgml: wal_init_zero (default on) fills new files with zeroes, wal_recycle (default on) uses old ones again",
  },
  blockSizeBytes: {
    value: 8192,
    source: `${POSTGRES_PAGE}/wal_writer_flush_after: WAL blocks are XLOG_BLCKSZ bytes, typically 8 kB`,
  },
  order: {
    value: "sequential",
    source: "PostgreSQL doc/src/sgml/wal.sgml: WAL records are appended to the WAL files",
  },
} as const satisfies Parameters;
