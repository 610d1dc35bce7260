import type { Workload } from "./workload.js";

export const POSTGRES_18_READS: Workload = {
  name: "postgres-18-reads",
  what: "reads of PostgreSQL 18 with io_method = io_uring, of pages that are not in the page cache",
  streams: [
    {
      preparation: {
        value: "dd-prefill",
        source:
          "PostgreSQL src/backend/storage/smgr/md.c: mdextend writes each block that it adds to a relation",
      },
      queueDepth: {
        value: 16,
        source:
          "macdice/postgres commit ff79b5b2aba0: the default of effective_io_concurrency becomes 16",
      },
      blockSizeBytes: {
        value: 8192,
        source:
          "https://postgresqlco.nf/doc/en/param/io_max_combine_limit: the unit is 8 kB; up to 128 kB are read at once",
      },
      operation: {
        value: "read",
        source:
          "https://neon.com/postgresql/18/asynchronous-io: PostgreSQL 18 has asynchronous I/O for read operations",
      },
      io: {
        value: "buffered",
        source:
          "PostgreSQL doc/src/sgml/config.sgml: debug_io_direct is empty by default, which disables direct I/O",
      },
    },
  ],
};
