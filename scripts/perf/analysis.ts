import { spawnSync } from "node:child_process";
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { atLeast, runningKernelVersion } from "../../bench/rules/kernel-version.js";
import { integer } from "../../terminal/option-values.js";
import { packageRoot } from "../../terminal/package-root.js";
import { reportError } from "../../terminal/report-error.js";
import { numberColumns, renderTable, textColumns } from "../../terminal/table.js";
import { fixtureLines, writeFixture } from "../../test/analysis/fixture.js";

/**
 * Measures time and memory of the analysis on generated results: a report of 10 kernels x 3 filesystems
 * x 5 preparations x 6 depths x 5 rounds, a comparison of two runs, and a file of a million trials.
 */
const KERNELS = ["4.19", "5.4", "5.10", "5.15", "6.1", "6.6", "6.8", "6.12", "6.15", "6.18"];
const FILESYSTEMS = ["ext4", "xfs", "btrfs"];

interface Figures {
  what: string;
  seconds: number;
  cpuSeconds: number;
  maxRssMb: number;
  secondsLimit: number;
  pageBytes?: number;
}

const options = new Command("perf:analysis")
  .description("time and memory that the analysis needs, on generated results")
  .option("--trials <count>", "trials in the largest file", "1000000")
  .option("--json", "print the figures as JSON")
  .parse()
  .opts<{ trials: string; json?: boolean }>();
const folder = mkdtempSync(join(tmpdir(), "puntbench-perf-"));
try {
  const trials = integer(options.trials, "--trials", 1, 100_000_000);
  const figures = [reportFigures(), compareFigures(), manyTrials(trials)];
  if (options.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
  else print(figures);
} catch (error) {
  process.exitCode = reportError("perf:analysis", error);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function reportFigures(): Figures {
  const input = join(folder, "report-input");
  let seed = 1;
  for (const filesystem of FILESYSTEMS) {
    for (const kernelLabel of KERNELS) {
      writeFixture(join(input, `${filesystem}-${kernelLabel}.jsonl`), {
        kernelLabel,
        filesystem,
        seed: seed++,
        unwrittenPunts: !atLeast(runningKernelVersion(kernelLabel, ""), 6, 3),
        queueDepths: [1, 2, 4, 8, 16, 32],
        arms: ["inline"],
      });
    }
  }
  const out = join(folder, "report");
  const figures = measure("report of 4,500 trials", 5, ["report", input, out]);
  return { ...figures, pageBytes: statSync(join(out, "index.html")).size };
}

function compareFigures(): Figures {
  const [a, b] = ["6.1", "6.12"].map((kernelLabel, index) =>
    writeFixture(join(folder, `compare-${kernelLabel}.jsonl`), { kernelLabel, seed: index }),
  ) as [string, string];
  return measure("compare of two runs", 1, ["compare", a, b]);
}

function manyTrials(trials: number): Figures {
  const file = join(folder, "many.jsonl");
  writeMany(file, trials);
  const gigabytes = (statSync(file).size / 1e9).toFixed(2);
  const name = `load and estimate ${trials.toLocaleString("en")} trials (${gigabytes} GB)`;
  return measure(name, 20, ["estimate", file]);
}

/** Repeats a few thousand distinct trials in later and later rounds. */
function writeMany(file: string, trials: number): void {
  const rounds = 20;
  const depths = { queueDepths: [1, 2, 4, 8, 16, 32], rounds };
  const lines = [...fixtureLines({ kernelLabel: "many", ...depths })];
  const texts = lines.slice(1, -1).map((line) => JSON.stringify(line));
  const output = openSync(file, "w");
  let pending = `${JSON.stringify(lines[0])}\n`;
  for (let index = 0; index < trials; index += 1) {
    const round = Math.floor(index / (texts.length / rounds));
    const text = texts[index % texts.length] as string;
    pending += `${text.replace(/"round":\d+/, `"round":${round}`)}\n`;
    if (pending.length > 1 << 22) {
      writeSync(output, pending);
      pending = "";
    }
  }
  writeSync(output, `${pending}${JSON.stringify({ ...lines.at(-1), trials })}\n`);
  // Without this the disk would still be writing while reading is measured.
  fsyncSync(output);
  closeSync(output);
}

function measure(what: string, secondsLimit: number, args: string[]): Figures {
  const child = join(packageRoot(), "dist/scripts/perf/analysis-child.js");
  const done = spawnSync(process.execPath, [child, ...args], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`${what}: ${done.stderr}`);
  const last = done.stderr.trim().split("\n").at(-1) as string;
  const { sinceStartSeconds, cpuSeconds, maxRssMb } = JSON.parse(last);
  return { what, seconds: sinceStartSeconds, cpuSeconds, maxRssMb, secondsLimit };
}

function print(figures: readonly Figures[]): void {
  const rows = figures.map((found) => [
    found.what,
    found.seconds.toFixed(2),
    String(found.secondsLimit),
    found.cpuSeconds.toFixed(2),
    found.maxRssMb.toFixed(0),
    found.pageBytes === undefined ? "" : `page ${(found.pageBytes / 1e6).toFixed(2)} MB`,
  ]);
  const numbers = numberColumns("seconds", "limit", "CPU seconds", "memory, MB");
  const columns = [...textColumns("what"), ...numbers, ...textColumns("")];
  process.stdout.write(`${renderTable(columns, rows)}\n`);
  const load = (loadavg()[0] as number).toFixed(1);
  process.stdout.write(
    `Load average ${load}: other work on this machine makes the seconds longer.\n`,
  );
}
