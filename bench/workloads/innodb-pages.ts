import type { Workload } from "./workload.js";

const PAGES = "https://mariadb.com/docs/reference/mdb/system-variables";

export const INNODB_PAGES: Workload = {
  name: "innodb-pages-with-doublewrite",
  what: "InnoDB of MariaDB flushes pages to a data file, and before to the doublewrite buffer",
  parameters: {
    blockSizeBytes: { value: 16384, source: `${PAGES}/innodb_page_size: 16384 by default` },
  },
  needs: [
    {
      value: "a second, sequential file with one fsync for a chunk",
      source: "https://dev.mysql.com/doc/en/innodb-doublewrite-buffer.html",
    },
    {
      value: "fsync of the data file",
      source:
        "https://docs.percona.com/percona-server/latest/innodb-io.html: O_DIRECT opens data files with O_DIRECT and flushes them with fsync()",
    },
  ],
};
