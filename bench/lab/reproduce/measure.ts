import { join } from "node:path";
import type { Trial } from "../../../results/schema.js";
import { PREPARATIONS } from "../../../results/vocabulary.js";
import { UserError } from "../../../terminal/errors.js";
import type { Progress } from "../../../terminal/progress.js";
import { GUEST } from "../image/job.js";
import { type LabOptions, parseLabOptions } from "../options.js";
import { runBoot } from "../session/boot.js";
import { standardOutput } from "../session/bring-back.js";
import { readRun } from "../session/comparison.js";
import { watchBoot } from "../session/follow-boot.js";
import { type LabOutcome, runLab } from "../session/lab.js";
import { planBoots } from "../session/plan.js";
import type { LabSession } from "../session/session.js";
import type { Target } from "../session/target.js";
import { PUBLISHED_BLOCK_BYTES } from "./published.js";
import { type ReturnValues, returnValues } from "./return-values.js";

/** Enough writes that one punt of a fresh inode stays far below 1 %. */
const WRITES = 512;

/** Traced writes cost more; the return values of a few say as much. */
const TRACED_WRITES = 64;

/** The published writes, as options of the bench and of explain. */
const publishedScenarios = (writes: number): string[] => [
  ...["--preparations", PREPARATIONS.join(","), "--arms", "inline", "--queue-depths", "1"],
  ...["--block-size", String(PUBLISHED_BLOCK_BYTES), "--rounds", "1"],
  ...["--file-size", String(writes * PUBLISHED_BLOCK_BYTES)],
];

const CLI = join(GUEST.puntbench, "dist", "cli.js");

/** The lab's options for the published experiments. */
export function reproduceOptions(accelerator: string, kernels: readonly string[]): LabOptions {
  return parseLabOptions(
    {
      ...{ kernels: kernels.join(","), flavour: "cloud-amd64", filesystems: "ext4" },
      ...{ device: "virtio-blk", disk: "512M", memory: "1G", boots: "1", jobs: "1" },
      ...{ timeout: "5m", bootTimeout: "90s", accelerator, cost: "time", out: "" },
    },
    publishedScenarios(WRITES),
  );
}

/** The published experiment on each kernel, counted and then traced; results files go to `out`, or nowhere. */
export async function measurePunts(
  session: LabSession,
  targets: readonly Target[],
  options: LabOptions,
  out: string | null,
  progress: Progress,
  signal: AbortSignal,
): Promise<{ trials: Map<string, Trial[]>; returned: ReturnValues[] }> {
  const planned = planBoots(targets, ["ext4"], 1);
  const folder = out ?? join(session.workspace, "results");
  const traced = ["--trace-only", "--json", ...publishedScenarios(TRACED_WRITES)];
  const explain = { command: "explain", options: traced } as const;
  const all = { ...options, out: folder, afterwards: [explain] };
  const outcome = await runLab(session, planned, all, progress, signal);
  const returned = outcome.finished.flatMap(({ planned: { target }, printed }) =>
    returnValues(target.label, printed[1] ?? ""),
  );
  return { trials: await trialsOf(outcome), returned };
}

/** What `puntbench probe --json` prints in a guest of the kernel. */
export async function measureNowait(
  session: LabSession,
  target: Target,
  progress: Progress,
  signal: AbortSignal,
): Promise<string> {
  const name = `${target.label} nowait probe`;
  const { view, watcher } = watchBoot((now) => progress.step(`${name}: ${now.step}`));
  const warn = (text: string) => progress.milestone(`warning: ${text}`);
  const commands = [[CLI, "probe", GUEST.scratch, "--json"]];
  const boot = { target, filesystem: "ext4", boot: 0, commands } as const;
  const startedAtMs = Date.now();
  const run = await runBoot(session, boot, 0, watcher, warn, signal);
  const printed = standardOutput(run.files, 0);
  if (printed.trim() === "") {
    throw new UserError(
      `${name}: nothing was printed (exit code ${run.exitCodes[0]})\n    ${view.log.join("\n    ")}`,
      "The lines above are the probe's own.",
    );
  }
  progress.milestone(`${name}: done in ${((Date.now() - startedAtMs) / 1000).toFixed(1)} s`);
  return printed;
}

async function trialsOf(outcome: LabOutcome): Promise<Map<string, Trial[]>> {
  const failure = outcome.failures[0];
  if (failure) throw failure;
  const trials = new Map<string, Trial[]>();
  for (const { planned, resultsFiles } of outcome.finished) {
    const runs = await Promise.all(resultsFiles.map((path) => readRun(path, "ext4")));
    trials.set(
      planned.target.label,
      runs.flatMap((run) => run.trials),
    );
  }
  return trials;
}
