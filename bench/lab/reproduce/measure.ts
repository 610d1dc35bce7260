import { join } from "node:path";
import type { Trial } from "../../../results/schema.js";
import { PREPARATIONS } from "../../../results/vocabulary.js";
import { UserError } from "../../../terminal/errors.js";
import { labCommand } from "../command.js";
import type { LabContext } from "../host/context.js";
import { GUEST } from "../image/job.js";
import { parseLabOptions, type RawLabOptions } from "../options.js";
import { runBoot } from "../session/boot.js";
import { standardOutput } from "../session/bring-back.js";
import { readRun } from "../session/comparison.js";
import { kernelsByVersion, type LabKernel } from "../session/kernels.js";
import { type LabOutcome, runLab } from "../session/lab.js";
import type { LabSession } from "../session/lab-session.js";
import { openSession } from "../session/open-session.js";
import type { GuestCommand } from "../session/settings.js";
import { watchBoot } from "../session/watch-boot.js";
import { NOWAIT_KERNEL, PUBLISHED, PUBLISHED_BLOCK_BYTES } from "./published.js";
import { type ReturnValues, returnValues } from "./return-values.js";

/** Enough writes that one punt of a fresh inode stays far below 1 %. */
const WRITES = 512;

/** A traced write is slow, and the return values of a few writes are enough. */
const TRACED_WRITES = 64;

export interface ReproduceOptions {
  accelerator: string;
  mirror?: string;
  /** Where results files are kept; without it they are not. */
  out?: string;
}

export interface Measured {
  /** By kernel. */
  trials: Map<string, Trial[]>;
  returned: ReturnValues[];
  /** What `puntbench probe --json` printed on `NOWAIT_KERNEL`. */
  probed: string;
}

/** Runs both published experiments in guests. */
export async function measurePublished(
  context: LabContext,
  { accelerator, mirror, out }: ReproduceOptions,
): Promise<Measured> {
  const requests = [...new Set(PUBLISHED.map((cell) => cell.kernel)), NOWAIT_KERNEL];
  const raw: RawLabOptions = {
    ...labCommand().opts<RawLabOptions>(),
    kernels: requests.join(","),
    accelerator,
    disk: "512M",
    timeout: "5m",
  };
  const options = { ...parseLabOptions(raw, []), mirror: mirror ?? null };
  const found = await kernelsByVersion(context, requests, options);
  for (const { label, packageName, packageVersion } of found) {
    context.progress.milestone(`${label}: ${packageName} ${packageVersion}`);
  }
  const nowaitKernel = found.pop() as LabKernel;
  const session = await openSession(context, options.settings, nowaitKernel);
  try {
    const outcome = await runLab(session, found, {
      ...options,
      out: out ?? join(session.workspace, "results"),
      commands: [counted, traced],
    });
    const trials = await trialsOf(outcome);
    const returned = outcome.finished.flatMap(({ kernel, printed }) =>
      returnValues(kernel.label, printed[1] ?? ""),
    );
    return { trials, returned, probed: await probe(session, nowaitKernel) };
  } finally {
    session.close();
  }
}

const counted: GuestCommand = { name: "bench", options: publishedWrites(WRITES) };

const traced: GuestCommand = {
  name: "explain",
  options: ["--trace-only", "--json", ...publishedWrites(TRACED_WRITES)],
};

/** The published writes, as options of the bench and of explain. */
function publishedWrites(writes: number): string[] {
  const preparations = `--preparations=${PREPARATIONS.join(",")}`;
  const blockSize = `--block-size=${PUBLISHED_BLOCK_BYTES}`;
  const fileSize = `--file-size=${writes * PUBLISHED_BLOCK_BYTES}`;
  return [preparations, "--arms=inline", "--queue-depths=1", "--rounds=1", blockSize, fileSize];
}

/** What `puntbench probe --json` prints in a guest of the kernel. */
async function probe(session: LabSession, kernel: LabKernel): Promise<string> {
  const { progress } = session;
  const name = `${kernel.label} nowait probe`;
  const { view, watcher } = watchBoot((now) => progress.step(`${name}: ${now.step}`));
  const cli = join(GUEST.puntbench, "dist", "cli.js");
  const commands = [[cli, "probe", GUEST.scratch, "--json"]];
  const startedAtMs = Date.now();
  const boot = { kernel, filesystem: "ext4", boot: 0, slot: 0, commands } as const;
  const run = await runBoot(session, boot, watcher);
  const printed = standardOutput(run.files, 0);
  if (printed.trim() === "") {
    throw new UserError(
      `${name}: nothing was printed (exit code ${run.exitCodes[0]})\n    ${view.log.join("\n    ")}`,
      "The lines above are the probe's output.",
    );
  }
  progress.milestone(`${name}: done in ${((Date.now() - startedAtMs) / 1000).toFixed(1)} s`);
  return printed;
}

/** The trials of each kernel; throws when a guest failed. */
async function trialsOf({ failures, finished }: LabOutcome): Promise<Map<string, Trial[]>> {
  if (failures[0]) throw failures[0];
  const trials = new Map<string, Trial[]>();
  for (const { kernel, resultsFiles } of finished) {
    const runs = await Promise.all(resultsFiles.map((path) => readRun(path, kernel.label, "ext4")));
    trials.set(
      kernel.label,
      runs.flatMap((run) => run.trials),
    );
  }
  return trials;
}
