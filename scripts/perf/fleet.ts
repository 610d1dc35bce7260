import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { writeDatasets } from "../../analysis/parquet/write.js";
import { integer } from "../../terminal/option-values.js";
import { packageRoot } from "../../terminal/package-root.js";
import { plural } from "../../terminal/plural.js";
import { reportError } from "../../terminal/report-error.js";
import { numberColumns, renderTable, textColumns } from "../../terminal/table.js";
import { formatBytes } from "../../terminal/units.js";
import { questionTitles } from "../../test/support/sql.js";
import { addSimulatedFleet, TRIALS_PER_HOST } from "./simulated-fleet.js";

/**
 * What is promised of each question, of 10,000 hosts: with DuckDB and two threads. It is held by CPU time, which other
 * work on the machine hardly changes: on two free cores the answer comes in less time than that.
 */
const CPU_SECONDS_LIMIT = 5;
const MEMORY_MB_LIMIT = 1000;

interface Figures {
  question: string;
  rows: number;
  seconds: number;
  cpuSeconds: number;
  maxRssMb: number;
}

const options = new Command("perf:fleet")
  .description("time and memory of the ten questions in SQL, asked of a simulated fleet")
  .option("--hosts <count>", `hosts, each with ${TRIALS_PER_HOST} trials`, "10000")
  .option("--json", "print the figures as JSON")
  .parse()
  .opts<{ hosts: string; json?: boolean }>();
const place = mkdtempSync(join(tmpdir(), "puntbench-perf-"));
process.once("exit", () => rmSync(place, { recursive: true, force: true }));
try {
  const hosts = integer(options.hosts, "--hosts", 1, 1_000_000);
  const folder = join(place, "parquet");
  const startedAt = performance.now();
  const { trials } = await writeDatasets(folder, (datasets) => addSimulatedFleet(datasets, hosts));
  const written = {
    trials: trials.rows,
    files: trials.files,
    bytes: bytesIn(folder),
    seconds: (performance.now() - startedAt) / 1000,
    maxRssMb: process.resourceUsage().maxRSS / 1024,
  };
  const figures = [...questionTitles(folder)].map(([number, title]) => ask(folder, number, title));
  const kept = figures.every(isKept);
  if (options.json) process.stdout.write(`${JSON.stringify({ written, figures, kept })}\n`);
  else print(written, figures);
  if (!kept) process.exitCode = 1;
} catch (error) {
  process.exitCode = reportError("perf:fleet", error);
}

/** In a process of its own, so that its peak of memory is that of this question. */
function ask(folder: string, number: number, title: string): Figures {
  const child = join(packageRoot(), "dist/scripts/perf/fleet-child.js");
  const done = spawnSync(process.execPath, [child, folder, String(number)], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`question ${number}: ${done.stderr}`);
  return { question: `${number}. ${title}`, ...JSON.parse(done.stderr) };
}

function isKept({ cpuSeconds, maxRssMb }: Figures): boolean {
  return cpuSeconds <= CPU_SECONDS_LIMIT && maxRssMb <= MEMORY_MB_LIMIT;
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

function print(
  written: { trials: number; files: number; bytes: number; seconds: number; maxRssMb: number },
  figures: readonly Figures[],
): void {
  const rows = figures.map((found) => [
    found.question,
    String(found.rows),
    found.seconds.toFixed(2),
    found.cpuSeconds.toFixed(2),
    found.maxRssMb.toFixed(0),
    isKept(found) ? "yes" : "NO",
  ]);
  const columns = [
    ...textColumns("question"),
    ...numberColumns("rows", "seconds", "CPU seconds", "peak memory, MB"),
    ...textColumns(`within ${CPU_SECONDS_LIMIT} CPU s and ${MEMORY_MB_LIMIT} MB`),
  ];
  const load = (loadavg()[0] as number).toFixed(1);
  const lines = [
    `${plural(written.trials, "trial")} in ${plural(written.files, "file")}, ${formatBytes(written.bytes)}; written in ${written.seconds.toFixed(0)} s with ${written.maxRssMb.toFixed(0)} MB`,
    "",
    renderTable(columns, rows),
    "",
    `DuckDB with two threads; memory is that of the whole process. Load average ${load}: other work on this machine makes the seconds longer.`,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}
