import { join } from "node:path";
import type { Trial } from "../../results/schema.js";
import { PREPARATIONS } from "../../results/vocabulary.js";
import { UserError } from "../../terminal/errors.js";
import { type Progress, stderrProgress } from "../../terminal/progress.js";
import { labCache } from "../cache.js";
import { interruptible } from "../interrupt.js";
import { type LabOptions, parseLabOptions } from "../options.js";
import { readRun } from "../run/comparison.js";
import { type LabOutcome, runLab } from "../run/lab.js";
import { planBoots } from "../run/plan.js";
import { openSession } from "../run/session.js";
import { type TargetOptions, targetsByVersion } from "../run/target.js";
import { PUBLISHED, PUBLISHED_BLOCK_BYTES } from "./published.js";
import { agreementText, reproductionTable } from "./text.js";
import { reproduce, reproductionJson } from "./verdict.js";

export interface RawReproduceOptions {
  json?: boolean;
  out?: string;
  mirror?: string;
  accelerator: string;
}

/** Enough writes that one punt of a fresh inode stays far below 1 %. */
const WRITES = 512;

/** `puntbench reproduce`: the published experiments, run again in guests, beside their published table. */
export async function main(raw: RawReproduceOptions): Promise<void> {
  const progress = stderrProgress();
  const kernels = [...new Set(PUBLISHED.map((cell) => cell.kernel))];
  const trialsByKernel = await interruptible((signal) => measure(kernels, raw, progress, signal));
  const cells = reproduce(PUBLISHED, trialsByKernel);
  process.stdout.write(
    raw.json
      ? `${JSON.stringify(reproductionJson(cells))}\n`
      : [
          "8 KiB O_DIRECT writes through io_uring on ext4 (-11 is EAGAIN: punted; -529 is EIOCBQUEUED: issued):",
          "",
          reproductionTable(PUBLISHED, cells),
          "",
          agreementText(cells),
          "",
        ].join("\n"),
  );
  const differing = cells.filter((cell) => !cell.agrees);
  if (differing.length > 0) {
    throw new UserError(
      `not reproduced: ${differing.map((cell) => `${cell.preparation} on ${cell.kernel} (published ${cell.published}, measured ${cell.measured})`).join("; ")}`,
      "Kernels change within a series: look at the package version above and at `puntbench lab --shell`.",
    );
  }
}

async function measure(
  kernels: readonly string[],
  raw: RawReproduceOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<Map<string, Trial[]>> {
  const cache = labCache();
  const say = (text: string) => progress.step(text);
  const warn = (text: string) => progress.milestone(`warning: ${text}`);
  const targetOptions: TargetOptions = {
    flavour: "cloud-amd64",
    mirror: raw.mirror ?? null,
    say,
    warn,
    signal,
  };
  const targets = await targetsByVersion(cache, kernels, targetOptions);
  const first = targets[0];
  if (!first) throw new Error("no kernel to reproduce on");
  const options = labOptions(raw, kernels);
  const session = await openSession(cache, options.settings, first, say);
  try {
    for (const target of targets) {
      progress.milestone(`${target.label}: ${target.packageName} ${target.packageVersion}`);
    }
    const out = raw.out ?? join(session.workspace, "results");
    const planned = planBoots(targets, ["ext4"], 1);
    const outcome = await runLab(session, planned, { ...options, out }, progress, signal);
    return await trialsOf(outcome);
  } finally {
    progress.done();
    session.close();
  }
}

function labOptions(raw: RawReproduceOptions, kernels: readonly string[]): LabOptions {
  return parseLabOptions(
    {
      ...{ kernels: kernels.join(","), flavour: "cloud-amd64", filesystems: "ext4" },
      ...{ device: "virtio-blk", disk: "512M", memory: "1G", boots: "1", jobs: "1" },
      ...{ timeout: "5m", bootTimeout: "90s", accelerator: raw.accelerator, cost: "time" },
      out: "",
    },
    [
      ...["--preparations", PREPARATIONS.join(","), "--arms", "inline", "--queue-depths", "1"],
      ...["--block-size", String(PUBLISHED_BLOCK_BYTES), "--rounds", "1"],
      ...["--file-size", String(WRITES * PUBLISHED_BLOCK_BYTES)],
    ],
  );
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
