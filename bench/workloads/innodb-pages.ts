import type { Workload } from "./workload.js";

const DOUBLEWRITE = "MariaDB/server storage/innobase/buf/buf0dblwr.cc";
const FILES = "MariaDB/server storage/innobase/os/os0file.cc";

const PREPARATION = {
  value: "fallocate-0",
  source: `${FILES}: os_file_set_size grows a file with fallocate, mode 0`,
} as const;
const DURABILITY = {
  value: "group-fdatasync",
  source: `${FILES}: os_file_sync_posix calls fdatasync`,
} as const;
const IO = {
  value: "direct",
  source:
    "https://docs.percona.com/percona-server/latest/innodb-io.html: innodb_flush_method = O_DIRECT opens data files with O_DIRECT",
} as const;

export const INNODB_PAGES: Workload = {
  name: "innodb-pages-with-doublewrite",
  what: "InnoDB of MariaDB flushes pages: first a batch to the doublewrite buffer, then each page to its data file",
  streams: [
    {
      preparation: PREPARATION,
      queueDepth: {
        value: 1,
        source: `${DOUBLEWRITE}: flush_buffered_writes waits while batch_running`,
      },
      blockSizeBytes: {
        value: 1 << 20,
        source: `${DOUBLEWRITE}: a batch of block_size pages is one os_aio; storage/innobase/include/fsp0types.h: FSP_EXTENT_SIZE is 1 MiB with pages of 16 KiB`,
      },
      order: {
        value: "recycled",
        source: `${DOUBLEWRITE}: every batch is written to block1 and block2`,
      },
      io: IO,
      durability: DURABILITY,
      groupWrites: {
        value: 1,
        source: `${DOUBLEWRITE}: flush_buffered_writes_completed calls os_file_flush after each batch`,
      },
    },
    {
      preparation: PREPARATION,
      queueDepth: {
        value: 128,
        source: `${DOUBLEWRITE}: flush_buffered_writes_completed issues all pages of a batch, of at most 2 * block_size`,
      },
      blockSizeBytes: {
        value: 16384,
        source:
          "https://mariadb.com/docs/reference/mdb/system-variables/innodb_page_size: 16384 by default",
      },
      io: IO,
      durability: DURABILITY,
      groupWrites: {
        value: 128,
        source: `${DOUBLEWRITE}: write_completed flushes the data files when all pages of the batch are written`,
      },
    },
  ],
};
