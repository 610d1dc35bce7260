import { POSTGRES_PAGE, POSTGRES_WAL } from "./postgres-wal.js";
import type { Workload } from "./workload.js";

export const GROUP_COMMIT: Workload = {
  name: "group-commit",
  what: "the write-ahead log of PostgreSQL with wal_sync_method = fdatasync, the default on Linux",
  streams: [
    {
      ...POSTGRES_WAL,
      io: {
        value: "buffered",
        source:
          "PostgreSQL doc/src/sgml/wal.sgml: with fdatasync the write moves WAL buffers to the kernel's cache",
      },
      durability: {
        value: "group-fdatasync",
        source: `${POSTGRES_PAGE}/wal_sync_method: fdatasync() at each commit`,
      },
    },
  ],
};
