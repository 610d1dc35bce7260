import { spawn } from "node:child_process";
import { once } from "node:events";
import { Command } from "commander";
import { labCommand } from "../../bench/lab/command.js";
import { withLabContext } from "../../bench/lab/host/context.js";
import { folderSizeBytes } from "../../bench/lab/host/folder-size.js";
import { requireLabTools } from "../../bench/lab/host/programs.js";
import { parseLabOptions, type RawLabOptions } from "../../bench/lab/options.js";
import { runBoot } from "../../bench/lab/session/boot.js";
import { kernelsByVersion, type LabKernel } from "../../bench/lab/session/kernels.js";
import { commandLine } from "../../bench/lab/session/lab.js";
import type { LabSession } from "../../bench/lab/session/lab-session.js";
import { openSession } from "../../bench/lab/session/open-session.js";
import { type PlannedBoot, planBoots } from "../../bench/lab/session/plan.js";
import { watchBoot } from "../../bench/lab/session/watch-boot.js";
import { integer, list } from "../../terminal/option-values.js";
import { packageRoot } from "../../terminal/package-root.js";
import { renderTable } from "../../terminal/table.js";
import { formatBytes } from "../../terminal/units.js";

/** What the project promises, in the same order as `rowsOf` prints. */
const FIRST_TRIAL_LIMIT_S = 8;
const REPRODUCE_LIMIT_S = 90;

/** One boot without a second try. */
interface BootFigures {
  label: string;
  firstTrialMs: number | null;
  peakMemoryBytes: number;
  failure: string | null;
}

const SMALL_BENCH = {
  name: "bench",
  options:
    "--preparations dd-prefill --arms inline --queue-depths 1 --rounds 1 --file-size 1M".split(" "),
} as const;

async function bootOnce(session: LabSession, planned: PlannedBoot): Promise<BootFigures> {
  const { view, watcher } = watchBoot(() => {});
  const { label } = planned.kernel;
  const boot = { ...planned, slot: 0, commands: [commandLine(label, SMALL_BENCH)] };
  try {
    const { exitCodes, peakMemoryBytes } = await runBoot(session, boot, watcher);
    const failure = exitCodes[0] === 0 ? null : `exit code ${exitCodes[0]}`;
    return { label, firstTrialMs: view.firstTrialMs, peakMemoryBytes, failure };
  } catch (error) {
    session.signal.throwIfAborted();
    return { label, firstTrialMs: null, peakMemoryBytes: 0, failure: (error as Error).message };
  }
}

function rowsOf(figures: readonly BootFigures[]): string[][] {
  const labels = [...new Set(figures.map((boot) => boot.label))];
  return labels.map((label) => {
    const boots = figures.filter((boot) => boot.label === label);
    const seconds = boots
      .map((boot) => boot.firstTrialMs)
      .filter((ms) => ms !== null)
      .map((ms) => ms / 1000)
      .sort((a, b) => a - b);
    const at = (share: number) =>
      seconds[Math.floor(share * (seconds.length - 1))]?.toFixed(1) ?? "-";
    const peak = Math.max(...boots.map((boot) => boot.peakMemoryBytes));
    const failed = boots.filter((boot) => boot.failure !== null).length;
    return [label, String(boots.length), String(failed), at(0), at(0.5), at(1), formatBytes(peak)];
  });
}

/** Wall seconds of `puntbench reproduce`, and whether every cell agreed. */
async function timeReproduce(): Promise<{ seconds: number; agrees: boolean }> {
  const startedAtMs = performance.now();
  const args = [`${packageRoot()}/dist/cli.js`, "reproduce", "--json"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
  const [exitCode] = await once(child, "close");
  return { seconds: (performance.now() - startedAtMs) / 1000, agrees: exitCode === 0 };
}

async function measure(kernels: string[], boots: number): Promise<void> {
  requireLabTools();
  const raw: RawLabOptions = {
    ...labCommand().opts<RawLabOptions>(),
    kernels: kernels.join(","),
    disk: "512M",
    timeout: "5m",
  };
  const options = parseLabOptions(raw, []);
  await withLabContext(async (context) => {
    const found = await kernelsByVersion(context, kernels, options);
    const settings = { ...options.settings, retries: 0 };
    const session = await openSession(context, settings, found[0] as LabKernel);
    try {
      await bootAll(session, planBoots(found, ["ext4"], boots));
    } finally {
      session.close();
    }
  });
  const { seconds, agrees } = await timeReproduce();
  process.stdout.write(
    `reproduce: ${seconds.toFixed(1)} s, ${agrees ? "every cell agrees" : "failed"} (wanted: within ${REPRODUCE_LIMIT_S} s)\n`,
  );
}

async function bootAll(session: LabSession, planned: readonly PlannedBoot[]): Promise<void> {
  const figures: BootFigures[] = [];
  let diskBytes = 0;
  for (const one of planned) {
    const figure = await bootOnce(session, one);
    figures.push(figure);
    diskBytes = Math.max(diskBytes, await folderSizeBytes(session.workspace));
    const seconds = ((figure.firstTrialMs ?? 0) / 1000).toFixed(1);
    const first = figure.failure ?? `first trial after ${seconds} s`;
    const count = `${figures.length}/${planned.length}`;
    session.progress.milestone(`${count} ${figure.label}: ${first}`);
  }
  const right = (title: string) => ({ title, align: "right" as const });
  const columns = ["boots", "failed", "first trial s: least", "median", "most", "peak memory"];
  const table = renderTable([{ title: "kernel" }, ...columns.map(right)], rowsOf(figures));
  process.stdout.write(
    `${table}\n\n` +
      `wanted: first trial within ${FIRST_TRIAL_LIMIT_S} s for 6.1 and 6.12, no failure\n` +
      `disk of a session: ${formatBytes(diskBytes)}\n`,
  );
}

await new Command("perf:lab")
  .description("how quickly and how reliably guests come up, with packages in the cache")
  .option("--kernels <list>", "which", "6.1,6.12,7.2")
  .option("--boots <count>", "of each", "20")
  .action((options: { kernels: string; boots: string }) =>
    measure(list(options.kernels, "--kernels"), integer(options.boots, "--boots", 1, 1000)),
  )
  .parseAsync();
