import { POSTGRES_PAGE, POSTGRES_WAL } from "./postgres-wal.js";
import type { Workload } from "./workload.js";

export const WAL_O_DSYNC: Workload = {
  name: "wal-o_dsync",
  what: "the write-ahead log of PostgreSQL with wal_sync_method = open_datasync",
  parameters: {
    ...POSTGRES_WAL,
    durability: {
      value: "o_dsync",
      source: `${POSTGRES_PAGE}/wal_sync_method: open_datasync writes with O_DSYNC, and with O_DIRECT if available`,
    },
  },
  needs: [],
};
