import type { Parameters } from "../workloads/workload.js";
import { type OpenParameter, openParameters } from "../workloads/workloads.js";
import type { BenchOptions } from "./options.js";
import { DEFAULT_GROUP_WRITES, type Variant } from "./stream-options.js";

/** The option of each parameter, by the names of commander. */
const OPTION_OF: Readonly<Record<keyof Parameters, string>> = {
  preparation: "preparations",
  queueDepth: "queueDepths",
  blockSizeBytes: "blockSize",
  order: "order",
  operation: "operation",
  io: "io",
  durability: "durability",
  groupWrites: "durability",
};

/** A workload is what it is, also where it says nothing: these never change it. */
const NEVER = ["operation", "io", "durability", "vectored", "fixedFiles"];

/** Options that the streams of a workload decide. What they leave open, the options choose. */
export function decidedBy(streams: readonly Parameters[]): string[] {
  const open = new Set(streams.flatMap(openParameters).map(({ name }) => OPTION_OF[name]));
  return [...new Set([...Object.values(OPTION_OF), ...NEVER])].filter((name) => !open.has(name));
}

/** The options with the values of a stream. Knobs, such as the ring, stay as they were given. */
export function withStream(options: BenchOptions, stream: Parameters): BenchOptions {
  const { preparation, queueDepth, blockSizeBytes, order } = stream;
  return {
    ...options,
    ...(preparation && { preparations: [preparation.value] }),
    ...(queueDepth && { queueDepths: [queueDepth.value] }),
    ...(blockSizeBytes && { sizes: [{ blockSizeBytes: blockSizeBytes.value }] }),
    ...(order && { orders: [order.value] }),
    variants: options.variants.map((variant) => ({ ...variant, ...requestOf(stream, variant) })),
    arms: options.arms ?? ["inline"],
  };
}

function requestOf(stream: Parameters, given: Variant): Variant {
  const { operation, io, durability, groupWrites } = stream;
  const group = groupWrites?.value ?? given.groupWrites ?? DEFAULT_GROUP_WRITES;
  return {
    ...(operation && operation.value !== "write" && { operation: operation.value }),
    ...(io && io.value !== "direct" && { io: io.value }),
    ...(durability && { durability: durability.value }),
    ...(durability?.value === "group-fdatasync" && { groupWrites: group }),
  };
}

export function wordsAbout({ words, option, byDefault }: OpenParameter): string {
  return `no public source fixes ${words}: ${option} chooses it, the default is ${byDefault}`;
}
