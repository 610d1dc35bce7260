import type { Workload } from "./workload.js";

export const POSTGRES_18_READS: Workload = {
  name: "postgres-18-reads",
  what: "reads of PostgreSQL 18 with io_method = io_uring",
  parameters: {
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
  },
  needs: [
    {
      value: "reads",
      source:
        "https://postgresqlco.nf/doc/en/param/effective_io_concurrency: it is about bitmap heap scans, which read",
    },
  ],
};
