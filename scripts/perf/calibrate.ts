import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import type { Cell } from "../../analysis/cells/cell.js";
import { changeBetween } from "../../analysis/estimates/change.js";
import { verdictOf } from "../../analysis/estimates/verdict.js";
import { analyse } from "../../analysis/loading/analysis.js";
import { METRIC_NAMES, METRICS, type Metric } from "../../results/metrics.js";
import { integer } from "../../terminal/option-values.js";
import { packageRoot } from "../../terminal/package-root.js";
import { reportError } from "../../terminal/report-error.js";
import { numberColumns, renderTable, textColumns } from "../../terminal/table.js";

/**
 * Compares real runs of one scenario with themselves: how often would `compare` find a difference
 * where there is none? One run of many rounds is cut into pairs of five rounds. The rounds of a pair
 * alternate, so that drift affects both halves equally.
 */
const ROUNDS = 5;
const THRESHOLD = 0.05;
const COMPARED: readonly Metric[] = ["puntRatio", "iops", "latencyNsP50", "latencyNsP99", "cpuNs"];

const options = new Command("perf:calibrate")
  .description("how often a scenario compared with itself is found to differ")
  .option("--comparisons <count>", "pairs of runs to compare", "40")
  .option("--json", "print the figures as JSON")
  .parse()
  .opts<{ comparisons: string; json?: boolean }>();
const folder = mkdtempSync(join(tmpdir(), "puntbench-calibrate-"));
try {
  const comparisons = integer(options.comparisons, "--comparisons", 1, 10_000);
  runBench(comparisons * ROUNDS * 2);
  const { cells } = await analyse([folder]);
  const shares = cells.flatMap((cell) =>
    [true, false].flatMap((paired) =>
      COMPARED.map((metric) => share(cell, metric, paired, comparisons)),
    ),
  );
  print(shares);
} catch (error) {
  process.exitCode = reportError("perf:calibrate", error);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

interface Share {
  metric: Metric;
  paired: boolean;
  comparisons: number;
  different: number;
  /** Standard deviation of the logarithm of the trials, or of the trials for shares. */
  noise: number;
}

function runBench(rounds: number): void {
  const cli = join(packageRoot(), "dist/cli.js");
  const args = ["--preparations", "dd-prefill", "--arms", "inline", "--queue-depths", "8"];
  const sizes = ["--rounds", String(rounds), "--file-size", "4M", "--out", folder, "--json"];
  const done = spawnSync(process.execPath, [cli, "bench", ...args, ...sizes], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`bench failed: ${done.stderr}`);
}

function share(cell: Cell, metric: Metric, paired: boolean, comparisons: number): Share {
  let different = 0;
  for (let comparison = 0; comparison < comparisons; comparison += 1) {
    const from = comparison * ROUNDS * 2;
    const a = part(cell, from, paired ? 0 : 1, comparison);
    const b = part(cell, from + 1, paired ? 0 : 2, comparison);
    const verdict = verdictOf(changeBetween(a, b, metric), metric, THRESHOLD);
    if (verdict === "better" || verdict === "worse") different += 1;
  }
  return { metric, paired, comparisons, different, noise: noiseOf(cell.values[metric]) };
}

/** Every second trial from `start`; trials of the same run and round become pairs. */
function part(cell: Cell, start: number, run: number, comparison: number): Cell {
  const picked = Array.from({ length: ROUNDS }, (_, index) => start + 2 * index);
  const values = METRIC_NAMES.map((metric) => [
    metric,
    picked.map((index) => cell.values[metric][index] ?? Number.NaN),
  ]);
  return {
    ...cell,
    // The bootstrap takes its seed from the scenario: another file size gives another seed.
    scenario: { ...cell.scenario, fileSizeBytes: cell.scenario.fileSizeBytes + comparison },
    runOf: picked.map(() => run),
    roundOf: picked.map((_, index) => index),
    values: Object.fromEntries(values),
  };
}

function noiseOf(values: readonly number[]): number {
  const logs = values.filter((value) => value > 0).map(Math.log);
  const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
  return Math.sqrt(logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (logs.length - 1));
}

function print(shares: readonly Share[]): void {
  if (options.json) {
    process.stdout.write(`${JSON.stringify(shares)}\n`);
    return;
  }
  const rows = shares.map(({ metric, paired, comparisons, different, noise }) => [
    METRICS[metric].title,
    paired ? "by round" : "no",
    `${different} of ${comparisons}`,
    `${((100 * different) / comparisons).toFixed(1)} %`,
    Number.isFinite(noise) ? `${(100 * noise).toFixed(1)} %` : "none",
  ]);
  const numbers = numberColumns("false verdicts", "share", "noise of trials");
  const columns = [...textColumns("metric", "paired"), ...numbers];
  process.stdout.write(`${renderTable(columns, rows)}\n`);
}
