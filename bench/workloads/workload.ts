import type { Durability, Order, Preparation } from "../../results/vocabulary.js";

/** A value, and the public place where it was looked up: repository and path, or a page, with what stands there. */
export interface Sourced<T> {
  value: T;
  source: string;
}

/** What a program asks of its storage. Nothing stands here that was not looked up. */
export interface Workload {
  name: string;
  /** Whose stream this is. */
  what: string;
  /** All but durability (default: none), unless the workload cannot be run yet. */
  parameters: {
    preparation?: Sourced<Preparation>;
    queueDepth?: Sourced<number>;
    blockSizeBytes?: Sourced<number>;
    order?: Sourced<Order>;
    durability?: Sourced<Durability>;
  };
  /** What else the stream consists of that the driver cannot make yet. Empty: it can be run. */
  needs: readonly Sourced<string>[];
}
