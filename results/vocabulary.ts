/** The words of a scenario. No dependency, so that `--help` can name them without loading zod. */

/** Of the results files that this puntbench writes and reads. */
export const SCHEMA_VERSION = 1;

/** State of the file before the measured writes, in the order charts show them: dearest first. */
export const PREPARATIONS = [
  "no-fallocate",
  "keep-size",
  "fallocate-0",
  "zero-range",
  "dd-prefill",
] as const;
export type Preparation = (typeof PREPARATIONS)[number];

/** How the same writes are issued. `inline` is the subject; the others are its controls. */
export const ARMS = ["inline", "forced", "psync", "libaio"] as const;
export type Arm = (typeof ARMS)[number];

/** Order in which the blocks of the file are written, each exactly once. */
export const ORDERS = ["sequential", "random"] as const;
export type Order = (typeof ORDERS)[number];
