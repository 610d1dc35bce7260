import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { analyse } from "../../analysis/loading/analysis.js";
import { METRICS, type Metric } from "../../results/metrics.js";
import { integer } from "../../terminal/option-values.js";
import { packageRoot } from "../../terminal/package-root.js";
import { reportError } from "../../terminal/report-error.js";
import { numberColumns, renderTable, textColumns } from "../../terminal/table.js";
import {
  betweenBoots,
  type FalseVerdicts,
  METRICS_JUDGED,
  TRIALS_PER_COMPARISON,
  withinRun,
} from "./calibration.js";

/**
 * Compares real trials of one scenario with themselves: how often does `compare` find a difference where there is
 * none? Within a run the trials of one long run are cut into pairs of few rounds. Between boots the same trials are
 * dealt to boots, whose speed is drawn, because this machine cannot boot a hundred times.
 */
const options = new Command("perf:calibrate")
  .description("how often a scenario compared with itself is found to differ")
  .option("--comparisons <count>", "pairs of runs to compare", "60")
  .option("--json", "print the figures as JSON")
  .parse()
  .opts<{ comparisons: string; json?: boolean }>();
const folder = mkdtempSync(join(tmpdir(), "puntbench-calibrate-"));
try {
  const comparisons = integer(options.comparisons, "--comparisons", 1, 10_000);
  runBench(comparisons * TRIALS_PER_COMPARISON);
  const analysis = await analyse([folder]);
  const found = analysis.cells.flatMap((cell) => [
    ...withinRun(analysis, cell, comparisons),
    ...betweenBoots(analysis, cell, comparisons),
  ]);
  print(found);
} catch (error) {
  process.exitCode = reportError("perf:calibrate", error);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function runBench(rounds: number): void {
  const cli = join(packageRoot(), "dist/cli.js");
  const args = ["--preparations", "dd-prefill", "--arms", "inline", "--queue-depths", "8"];
  const sizes = ["--rounds", String(rounds), "--file-size", "4M", "--out", folder, "--json"];
  const done = spawnSync(process.execPath, [cli, "bench", ...args, ...sizes], {
    encoding: "utf8",
    maxBuffer: 1 << 30,
  });
  if (done.status !== 0) throw new Error(`bench failed: ${done.stderr}`);
}

/** A column for each metric, and all metrics together: one alone has few comparisons. */
function print(found: readonly FalseVerdicts[]): void {
  if (options.json) {
    process.stdout.write(`${JSON.stringify(found)}\n`);
    return;
  }
  const rows = [...new Set(found.map(({ how }) => how))].map((how) => {
    const ofHow = found.filter((one) => one.how === how);
    return [
      how,
      ...METRICS_JUDGED.map((metric) => share(ofHow, [metric])),
      share(ofHow, METRICS_JUDGED),
    ];
  });
  const titles = METRICS_JUDGED.map((metric) => METRICS[metric].title);
  const columns = [...textColumns("compared"), ...numberColumns(...titles, "all")];
  process.stdout.write(
    `False verdicts; at most 5 % are promised:\n\n${renderTable(columns, rows)}\n`,
  );
}

function share(found: readonly FalseVerdicts[], metrics: readonly Metric[]): string {
  const counted = found.filter(({ metric }) => metrics.includes(metric));
  const different = counted.reduce((sum, one) => sum + one.different, 0);
  const comparisons = counted.reduce((sum, one) => sum + one.comparisons, 0);
  return `${different} of ${comparisons} (${((100 * different) / comparisons).toFixed(1)} %)`;
}
