import { POSTGRES_PAGE, POSTGRES_WAL } from "./postgres-wal.js";
import type { Workload } from "./workload.js";

export const WAL_O_DSYNC: Workload = {
  name: "wal-o_dsync",
  what: "the write-ahead log of PostgreSQL with wal_sync_method = open_datasync and direct I/O",
  streams: [
    {
      ...POSTGRES_WAL,
      io: {
        value: "direct",
        source:
          "PostgreSQL src/backend/access/transam/xlog.c: get_sync_bit adds O_DIRECT with wal_level = minimal, from 16 on with debug_io_direct = wal",
      },
      durability: {
        value: "o_dsync",
        source: `${POSTGRES_PAGE}/wal_sync_method: open_datasync writes with O_DSYNC`,
      },
    },
  ],
};
