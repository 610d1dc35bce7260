import { spawn } from "node:child_process";
import { once } from "node:events";
import { Command } from "commander";
import { labCache } from "../../bench/lab/host/cache.js";
import { folderSizeBytes } from "../../bench/lab/host/folder-size.js";
import { requireLabTools } from "../../bench/lab/host/programs.js";
import { interruptible } from "../../bench/lab/interrupt.js";
import { parseLabOptions } from "../../bench/lab/options.js";
import { runBoot } from "../../bench/lab/session/boot.js";
import { watchBoot } from "../../bench/lab/session/follow-boot.js";
import { benchCommandLine } from "../../bench/lab/session/lab.js";
import { type PlannedBoot, planBoots } from "../../bench/lab/session/plan.js";
import { type LabSession, openSession } from "../../bench/lab/session/session.js";
import { type Target, targetsByVersion } from "../../bench/lab/session/target.js";
import { integer, list } from "../../terminal/option-values.js";
import { packageRoot } from "../../terminal/package-root.js";
import { stderrProgress } from "../../terminal/progress.js";
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

const SMALL_BENCH = [
  ...["--preparations", "dd-prefill", "--arms", "inline", "--queue-depths", "1"],
  ...["--rounds", "1", "--file-size", "1M"],
];

async function bootOnce(
  session: LabSession,
  planned: PlannedBoot<Target>,
  signal: AbortSignal,
): Promise<BootFigures> {
  const { view, watcher } = watchBoot(() => {});
  const { label } = planned.target;
  const boot = { ...planned, commands: [benchCommandLine(label, SMALL_BENCH)] };
  try {
    const run = await runBoot(session, boot, 0, watcher, () => {}, signal);
    const { peakMemoryBytes } = run;
    const failure = run.exitCodes[0] === 0 ? null : `exit code ${run.exitCodes[0]}`;
    return { label, firstTrialMs: view.firstTrialMs, peakMemoryBytes, failure };
  } catch (error) {
    signal.throwIfAborted();
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
  const progress = stderrProgress();
  const cache = labCache();
  const say = (text: string) => progress.step(text);
  const options = parseLabOptions(
    {
      ...{ kernels: kernels.join(","), flavour: "cloud-amd64", filesystems: "ext4" },
      ...{ memory: "1G", boots: String(boots), jobs: "1", timeout: "5m", bootTimeout: "90s" },
      ...{ accelerator: "auto", cost: "time", out: "", disk: "512M" },
    },
    [],
  );
  await interruptible(async (signal) => {
    const { flavour } = options;
    const where = { flavour, mirror: null, say, warn: say, signal };
    const targets = await targetsByVersion(cache, kernels, where);
    const settings = { ...options.settings, retries: 0 };
    const session = await openSession(cache, settings, targets[0] as Target, say);
    const figures: BootFigures[] = [];
    let diskBytes = 0;
    try {
      const planned = planBoots(targets, ["ext4"], boots);
      for (const one of planned) {
        const figure = await bootOnce(session, one, signal);
        figures.push(figure);
        diskBytes = Math.max(diskBytes, await folderSizeBytes(session.workspace));
        const first =
          figure.failure ?? `first trial after ${((figure.firstTrialMs ?? 0) / 1000).toFixed(1)} s`;
        progress.milestone(`${figures.length}/${planned.length} ${one.target.label}: ${first}`);
      }
    } finally {
      session.close();
    }
    const right = (title: string) => ({ title, align: "right" as const });
    const columns = ["boots", "failed", "first trial s: least", "median", "most", "peak memory"];
    const table = renderTable([{ title: "kernel" }, ...columns.map(right)], rowsOf(figures));
    process.stdout.write(`${table}\n\n`);
    process.stdout.write(
      `wanted: first trial within ${FIRST_TRIAL_LIMIT_S} s for 6.1 and 6.12, no failure\n`,
    );
    process.stdout.write(`disk of a session: ${formatBytes(diskBytes)}\n`);
    const { seconds, agrees } = await timeReproduce();
    process.stdout.write(
      `reproduce: ${seconds.toFixed(1)} s, ${agrees ? "every cell agrees" : "failed"} (wanted: within ${REPRODUCE_LIMIT_S} s)\n`,
    );
  });
}

await new Command("perf:lab")
  .description("how quickly and how reliably guests come up, with packages in the cache")
  .option("--kernels <list>", "which", "6.1,6.12,7.2")
  .option("--boots <count>", "of each", "20")
  .action((options: { kernels: string; boots: string }) =>
    measure(list(options.kernels, "--kernels"), integer(options.boots, "--boots", 1, 1000)),
  )
  .parseAsync();
