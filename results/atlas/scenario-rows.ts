import type { Scenario } from "../schema.js";

/** What a program does, as the atlas knows it: one row of its map. */
export interface AtlasScenario {
  /** Stable: data, addresses and questions use it. */
  name: string;
  /** Ends the sentence "What you do: ...". */
  words: string;
  group: AtlasGroup;
  scenario: Scenario;
}

export const ATLAS_GROUPS = [
  "first writes",
  "overwrites",
  "sizes",
  "durable writes",
  "buffered",
  "reads",
  "other operations",
  "rings and workers",
] as const;
export type AtlasGroup = (typeof ATLAS_GROUPS)[number];

/** Requests of a scenario: enough that the one punt of a fresh inode is below 1 %, few enough for an emulated CPU. */
const REQUESTS = 256;
/** At a pace every request waits for its moment, so there are fewer. */
const PACED_REQUESTS = 100;

const PLAIN: Scenario = {
  preparation: "dd-prefill",
  arm: "inline",
  queueDepth: 1,
  blockSizeBytes: 4096,
  fileSizeBytes: REQUESTS * 4096,
  order: "sequential",
  intervalNs: 0,
  registeredBuffers: false,
};

/** A scenario that differs from plain O_DIRECT overwrites of 4 KiB, one at a time, in what is given. */
export function plain(changed: Partial<Scenario>): Scenario {
  const { blockSizeBytes = PLAIN.blockSizeBytes, intervalNs = 0 } = changed;
  const requests = intervalNs > 0 ? PACED_REQUESTS : blockSizeBytes > 65536 ? 32 : REQUESTS;
  return { ...PLAIN, fileSizeBytes: requests * blockSizeBytes, ...changed };
}

type Row = readonly [name: string, words: string, changed: Partial<Scenario>];

/** Scenarios of one group, each with what differs from the plain one. */
export function rows(group: AtlasGroup, list: readonly Row[]): AtlasScenario[] {
  return list.map(([name, words, changed]) => ({ name, words, group, scenario: plain(changed) }));
}
