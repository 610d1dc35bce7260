import type { Durability, Io, Operation, Order, Preparation } from "../../results/vocabulary.js";

/** A value, and the public place where it was looked up: repository and path, or a page, with what stands there. */
export interface Sourced<T> {
  value: T;
  source: string;
}

/** What may be known of a stream of requests. Nothing stands here that was not looked up. */
export interface Parameters {
  preparation?: Sourced<Preparation>;
  queueDepth?: Sourced<number>;
  blockSizeBytes?: Sourced<number>;
  order?: Sourced<Order>;
  operation?: Sourced<Operation>;
  io?: Sourced<Io>;
  durability?: Sourced<Durability>;
  /** Writes that share an fdatasync. */
  groupWrites?: Sourced<number>;
}

/** What a program asks of its storage. */
export interface Workload {
  name: string;
  /** Whose requests these are. */
  what: string;
  /** One scenario each, mostly one. Several are measured one after the other, not at the same time. */
  streams: readonly Parameters[];
}
