import type { Run } from "../../analysis/cells/run.js";
import { observationRows } from "../../analysis/parquet/observation-columns.js";
import { type TrialRow, trialRow } from "../../analysis/parquet/trial-columns.js";
import type { Datasets } from "../../analysis/parquet/write.js";
import { type Random, seededRandom } from "../../results/seeded-random.js";
import { fixtureHeader, fixtureTrial, scenariosOf } from "../../test/analysis/fixture.js";
import { observationOf } from "../../test/analysis/fixture-fleet.js";

/**
 * A fleet whose figures are made up, as rows of an export: 18 scenarios in 5 rounds on each host, and one watched
 * program. Three in five hosts have 6.1, one in twenty is a canary with 7.2, the others have 6.12.
 */
export const TRIALS_PER_HOST = 90;

const KERNELS = ["6.1", "6.1", "6.1", "6.12", "6.12"] as const;
const FILESYSTEMS = ["ext4", "ext4", "ext4", "xfs"] as const;
const ROUNDS = TRIALS_PER_HOST / 18;
/** As many as make about the 60 buckets of a real trial. */
const WRITES = 4000;
/** Hosts are as fast as one of these; each is made once, because a histogram takes longer than a row. */
const SLOWNESS = [0.85, 0.9, 0.95, 1, 1, 1, 1.05, 1.1, 1.2, 1.4, 2, 3.5] as const;

/** Adds all rows of `hosts` hosts, one host after the other. */
export function addSimulatedFleet({ trials, observations }: Datasets, hosts: number): void {
  const made = new Map<string, TrialRow[]>();
  const random = seededRandom(18);
  for (let index = 0; index < hosts; index += 1) {
    const kernelLabel = index % 20 === 0 ? "7.2" : (KERNELS[index % 5] as string);
    const filesystem = FILESYSTEMS[index % 4] as string;
    const speed = Math.floor(random() * SLOWNESS.length);
    const run = runOf(`host${String(index).padStart(5, "0")}`, kernelLabel, filesystem);
    const key = `${kernelLabel} ${speed}`;
    const rows = made.get(key) ?? rowsOf(run, SLOWNESS[speed] as number);
    made.set(key, rows);
    for (const row of rows) trials.add(kernelLabel, { ...varied(row, random), run });
    for (const row of observationRows(run)) observations.add(kernelLabel, row);
  }
}

/** Every trial differs, else a file would compress as no real one does: figures by 5 %, counts of buckets by a third. */
function varied(row: TrialRow, random: Random): TrialRow {
  const values = Object.entries(row.values ?? {}).map(([metric, value]) => [
    metric,
    metric.endsWith("Ratio") ? value : value * (0.95 + 0.1 * random()),
  ]);
  const latency = (row.latency ?? []).map(({ upper_ns, count }) => ({
    upper_ns,
    count: BigInt(Math.ceil(Number(count) * (0.67 + 0.66 * random()))),
  }));
  return { ...row, values: Object.fromEntries(values), latency };
}

function rowsOf(run: Run, slowness: number): TrialRow[] {
  const { kernelLabel } = run.header;
  const options = { kernelLabel, unwrittenPunts: kernelLabel === "6.1", writes: WRITES, slowness };
  const random = seededRandom(Math.round(100 * slowness));
  return Array.from({ length: ROUNDS }, (_, round) =>
    scenariosOf(options).map((cell, position) =>
      trialRow(fixtureTrial(cell, round, position, options, random), run),
    ),
  ).flat();
}

function runOf(host: string, kernelLabel: string, filesystem: string): Run {
  const header = fixtureHeader({ kernelLabel, filesystem, rounds: ROUNDS });
  const punts = kernelLabel === "6.1" ? 900 : 90;
  const table = {
    file: "/var/lib/mysql/sbtest/sbtest1.ibd",
    operation: "writev",
    punts,
    causes: [
      { cause: "unwritten" as const, punts, evidence: "the extent is unwritten", curedBy: null },
    ],
    puntedLatencies: [[163_840, 30]] as [number, number][],
    workerCpuNs: punts * 1e6,
  };
  return {
    file: `fleet/${host}/${kernelLabel}.jsonl`,
    host,
    header: { ...header, runId: `${host} ${kernelLabel}` },
    footer: null,
    complete: true,
    trials: { ok: TRIALS_PER_HOST, failed: 0, skipped: 0 },
    explanations: [],
    observations: [observationOf("mariadbd", [table, {}, { operation: "fsync" }])],
    replays: [],
    warnings: [],
  };
}
