import type { Workload } from "./workload.js";

const RIO = "https://docs.rs/rio/latest/rio";

export const WAL_LINKED_FDATASYNC: Workload = {
  name: "wal-linked-fdatasync",
  what: "a log of the Rust library rio, which links an fdatasync behind each write",
  streams: [
    {
      operation: {
        value: "write",
        source: `${RIO}/struct.Uring.html: write_at_ordered takes an Ordering`,
      },
      durability: {
        value: "linked-fdatasync",
        source: `${RIO}/enum.Ordering.html: Link makes the next request wait for this one, 'useful for fsync-after-write'`,
      },
    },
  ],
};
