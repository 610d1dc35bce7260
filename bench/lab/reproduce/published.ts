import type { Preparation } from "../../../results/vocabulary.js";

export interface PublishedCell {
  kernel: string;
  preparation: Preparation;
  /** What happened to the writes: a worker thread got them, or the submitter issued them itself. */
  writes: "punted" | "inline";
  /** The return values as published: -11 is -EAGAIN, -529 is -EIOCBQUEUED. */
  detail: string;
}

/** What a first write with RWF_NOWAIT answers: `ok` or the name of an error. */
export interface PublishedAnswer {
  preparation: Preparation;
  answer: string;
}

/**
 * The published finding: 8 KiB aligned O_DIRECT writes through io_uring on ext4, traced at
 * `ext4_file_write_iter`, on Linux 6.1 (Debian 12) and 6.12.
 */
export const PUBLISHED: readonly PublishedCell[] = [
  cell("6.1", "no-fallocate", "punted", "-11"),
  cell("6.1", "fallocate-0", "punted", "-11, then -529 from the worker"),
  cell("6.1", "keep-size", "punted", "-11"),
  cell("6.1", "zero-range", "punted", "-11"),
  cell("6.1", "dd-prefill", "inline", "-529"),
  cell("6.12", "no-fallocate", "punted", "-11"),
  cell("6.12", "fallocate-0", "inline", "-529"),
  cell("6.12", "keep-size", "punted", "-11"),
  cell("6.12", "zero-range", "inline", "no -11"),
  cell("6.12", "dd-prefill", "inline", "no -11"),
];

export const PUBLISHED_BLOCK_BYTES = 8192;

/**
 * The second finding asks libaio the same question with RWF_NOWAIT, on 4.18: a file from
 * posix_fallocate answers -EAGAIN, `fallocate -z` changes nothing, and a prefill with dd cures it.
 * 5.10 is the nearest kernel that Debian still serves.
 */
export const NOWAIT_KERNEL = "5.10";
export const PUBLISHED_NOWAIT: readonly PublishedAnswer[] = [
  { preparation: "fallocate-0", answer: "EAGAIN" },
  { preparation: "zero-range", answer: "EAGAIN" },
  { preparation: "dd-prefill", answer: "ok" },
];

function cell(
  kernel: string,
  preparation: Preparation,
  writes: PublishedCell["writes"],
  detail: string,
): PublishedCell {
  return { kernel, preparation, writes, detail };
}
