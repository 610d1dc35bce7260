import { UsageError } from "../../terminal/errors.js";
import { visible } from "../../terminal/quote.js";
import { COMMITLOG_PREZEROED } from "./commitlog-prezeroed.js";
import { GROUP_COMMIT } from "./group-commit.js";
import { INNODB_PAGES } from "./innodb-pages.js";
import { POSTGRES_18_READS } from "./postgres-18-reads.js";
import { SSTABLE_FLUSH } from "./sstable-flush.js";
import { TIGERBEETLE_JOURNAL } from "./tigerbeetle-journal.js";
import { WAL_O_DSYNC } from "./wal-o_dsync.js";
import type { Workload } from "./workload.js";

export const WORKLOADS: readonly Workload[] = [
  WAL_O_DSYNC,
  GROUP_COMMIT,
  COMMITLOG_PREZEROED,
  SSTABLE_FLUSH,
  POSTGRES_18_READS,
  INNODB_PAGES,
  TIGERBEETLE_JOURNAL,
];

/** The parameters of a workload, without their sources. */
export interface WorkloadValues {
  preparation: NonNullable<Workload["parameters"]["preparation"]>["value"];
  queueDepth: number;
  blockSizeBytes: number;
  order: NonNullable<Workload["parameters"]["order"]>["value"];
  durability: NonNullable<Workload["parameters"]["durability"]>["value"];
}

/** Throws a UsageError for an unknown name, and for a workload that the driver cannot make. */
export function valuesOf(name: string): WorkloadValues {
  const workload = WORKLOADS.find((known) => known.name === name);
  if (workload === undefined) {
    throw new UsageError(
      `--workload: there is no '${visible(name)}'`,
      `Known: ${WORKLOADS.map((known) => known.name).join(", ")}.`,
    );
  }
  const { preparation, queueDepth, blockSizeBytes, order, durability } = workload.parameters;
  if (workload.needs.length > 0 || !preparation || !queueDepth || !blockSizeBytes || !order) {
    throw new UsageError(
      `--workload ${name} cannot be run yet: it needs ${needsOf(workload).join(", ")}`,
      "`puntbench workloads` lists what each needs.",
    );
  }
  return {
    preparation: preparation.value,
    queueDepth: queueDepth.value,
    blockSizeBytes: blockSizeBytes.value,
    order: order.value,
    durability: durability?.value ?? "none",
  };
}

const PARAMETERS = ["preparation", "queueDepth", "blockSizeBytes", "order"] as const;

/** What keeps a workload from running; empty when it can be run. */
export function needsOf({ needs, parameters }: Workload): string[] {
  const unknown = PARAMETERS.filter((name) => parameters[name] === undefined);
  const sources = unknown.length > 0 ? [`a public source for ${unknown.join(", ")}`] : [];
  return [...needs.map(({ value }) => value), ...sources];
}
