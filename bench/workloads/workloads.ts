import { UsageError } from "../../terminal/errors.js";
import { list } from "../../terminal/option-values.js";
import { visible } from "../../terminal/quote.js";
import { COMMITLOG_PREZEROED } from "./commitlog-prezeroed.js";
import { GROUP_COMMIT } from "./group-commit.js";
import { INNODB_PAGES } from "./innodb-pages.js";
import { POSTGRES_18_READS } from "./postgres-18-reads.js";
import { ROCKSDB_WAL } from "./rocksdb-wal.js";
import { SSTABLE_FLUSH } from "./sstable-flush.js";
import { TIGERBEETLE_JOURNAL } from "./tigerbeetle-journal.js";
import { WAL_LINKED_FDATASYNC } from "./wal-linked-fdatasync.js";
import { WAL_O_DSYNC } from "./wal-o_dsync.js";
import type { Parameters, Workload } from "./workload.js";

export const WORKLOADS: readonly Workload[] = [
  WAL_O_DSYNC,
  WAL_LINKED_FDATASYNC,
  GROUP_COMMIT,
  COMMITLOG_PREZEROED,
  ROCKSDB_WAL,
  SSTABLE_FLUSH,
  POSTGRES_18_READS,
  INNODB_PAGES,
  TIGERBEETLE_JOURNAL,
];

/** Some of the names, separated by commas, or "all". Throws a UsageError for an unknown name. */
export function workloadsNamed(text: string): readonly Workload[] {
  return text === "all" ? WORKLOADS : list(text, "--workload").map(workloadNamed);
}

function workloadNamed(name: string): Workload {
  const workload = WORKLOADS.find((known) => known.name === name);
  if (workload !== undefined) return workload;
  throw new UsageError(
    `--workload: there is no '${visible(name)}'`,
    `Known: ${WORKLOADS.map((known) => known.name).join(", ")}.`,
  );
}

/** A parameter that no public source fixes, and what the bench takes then. */
export interface OpenParameter {
  name: keyof Parameters;
  words: string;
  /** The option that chooses it, and its default. */
  option: string;
  byDefault: string;
}

const MAY_BE_OPEN: readonly OpenParameter[] = [
  { name: "preparation", words: "the preparation", option: "--preparations", byDefault: "all" },
  { name: "queueDepth", words: "the depth", option: "--queue-depths", byDefault: "1,8,32" },
  { name: "blockSizeBytes", words: "the block size", option: "--block-size", byDefault: "4096" },
  { name: "order", words: "the order", option: "--order", byDefault: "sequential" },
];

const GROUP: OpenParameter = {
  name: "groupWrites",
  words: "the writes of a group",
  option: "--durability group-fdatasync:N",
  byDefault: "8",
};

/** What no source fixes about a stream. */
export function openParameters(stream: Parameters): OpenParameter[] {
  const groups = stream.durability?.value === "group-fdatasync" ? [GROUP] : [];
  return [...MAY_BE_OPEN, ...groups].filter(({ name }) => stream[name] === undefined);
}
