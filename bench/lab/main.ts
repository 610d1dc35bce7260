import { spawn } from "node:child_process";
import { once } from "node:events";
import { release } from "node:os";
import { join } from "node:path";
import { UserError } from "../../terminal/errors.js";
import { packageRoot } from "../../terminal/package-root.js";
import { type Progress, stderrProgress } from "../../terminal/progress.js";
import { dryRunText } from "./dry-run.js";
import { type LabCache, labCache } from "./host/cache.js";
import { requireLabTools } from "./host/programs.js";
import { interruptible } from "./interrupt.js";
import { type LabOptions, parseLabOptions, type RawLabOptions } from "./options.js";
import { runInTerminal } from "./qemu/run-guest.js";
import { prepareBoot } from "./session/boot.js";
import { puntTable, readRun } from "./session/comparison.js";
import { instructionTable } from "./session/instruction-table.js";
import { type LabOutcome, runLab } from "./session/lab.js";
import { planBoots } from "./session/plan.js";
import { type LabSession, openSession } from "./session/session.js";
import { type Target, targetByFile, targetsByVersion } from "./session/target.js";

/** `puntbench lab`: boots the kernels, runs the bench in each, brings the results back, compares. */
export async function main(raw: RawLabOptions, benchOptions: readonly string[]): Promise<void> {
  const options = parseLabOptions(raw, benchOptions);
  const progress = stderrProgress();
  const cache = labCache();
  if (options.kernels.some((kernel) => kernel !== "host") || options.kernelFile) requireLabTools();
  await interruptible(async (signal) => {
    if (options.kernels.includes("host")) await runOnHost(options, signal);
    const targets = await targetsOf(cache, options, progress, signal);
    const first = targets[0];
    if (!first) return;
    const say = (text: string) => progress.step(text);
    const session = await openSession(cache, options.settings, first, say);
    try {
      if (options.dryRun) process.stdout.write(dryRunText(session, first, options));
      else if (options.shell) await openShell(session, first, options, signal);
      else await measure(session, targets, options, progress, signal);
    } finally {
      progress.done();
      session.close();
    }
  });
}

async function measure(
  session: LabSession,
  targets: readonly Target[],
  options: LabOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  progress.milestone(`accelerator: ${session.accelerator} (${session.acceleratorReason})`);
  for (const target of targets) {
    progress.milestone(`${target.label}: ${target.packageName} ${target.packageVersion}`);
  }
  const planned = planBoots(targets, options.filesystems, options.boots);
  const outcome = await runLab(session, planned, options, progress, signal);
  process.stdout.write(
    options.command === "explain"
      ? explanations(outcome, options)
      : await closingText(outcome, session, options),
  );
  const failure = outcome.failures[0];
  if (failure) {
    throw new UserError(
      `${outcome.failures.length} of ${planned.length} guests failed, the first: ${failure.message}`,
      failure.remedy,
      failure.exitCode,
    );
  }
}

/** What `explain` printed in each guest; with its --json a line a guest, which names the file that was brought back. */
function explanations(outcome: LabOutcome, options: LabOptions): string {
  const json = options.benchOptions.includes("--json");
  return outcome.finished
    .map(({ planned: { target, filesystem }, printed, resultsFiles: [resultsFile] }) => {
      const [text = ""] = printed;
      if (!json) return `== ${target.label}, ${filesystem}\n\n${text}\n`;
      const report = JSON.parse(text);
      return `${JSON.stringify(resultsFile ? { ...report, resultsFile } : report)}\n`;
    })
    .join("");
}

const EMULATED =
  "The CPUs are emulated: punts are exact, where a kernel punts per clock tick they follow the emulated " +
  "pace; times are not comparable with real hardware.";

async function closingText(
  outcome: LabOutcome,
  session: LabSession,
  options: LabOptions,
): Promise<string> {
  const files = outcome.finished.flatMap(({ resultsFiles, planned }) =>
    resultsFiles.map((path) => ({ path, filesystem: planned.filesystem })),
  );
  if (files.length === 0) return "";
  const runs = await Promise.all(files.map(({ path, filesystem }) => readRun(path, filesystem)));
  if (options.cost === "instructions") {
    const note = "Counted, not timed: exact on any machine. Such runs say nothing of punts.";
    return `${instructionTable(runs)}\n\n${note}\n`;
  }
  const emulated = session.accelerator !== "kvm";
  return [
    puntTable(runs),
    "",
    ...(emulated ? [EMULATED, ""] : []),
    "Charts and comparison: puntbench report, puntbench compare",
    "",
  ].join("\n");
}

async function targetsOf(
  cache: LabCache,
  options: LabOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<Target[]> {
  const { kernelFile, flavour, mirror } = options;
  const say = (text: string) => progress.step(text);
  const warn = (text: string) => progress.milestone(`warning: ${text}`);
  const requests = options.kernels.filter((kernel) => kernel !== "host");
  const found = await targetsByVersion(cache, requests, { flavour, mirror, say, warn, signal });
  if (!kernelFile) return found;
  return [...found, await targetByFile(kernelFile.image, kernelFile.modules, kernelFile.label)];
}

/** This machine's own kernel, without a guest: the bench, or explain, as a process of its own. */
async function runOnHost(options: LabOptions, signal: AbortSignal): Promise<void> {
  const cli = join(packageRoot(), "dist", "cli.js");
  const args = [cli, options.command, "--kernel-label", release(), "--out", options.out];
  const child = spawn(process.execPath, [...args, ...options.benchOptions], { stdio: "inherit" });
  const [exitCode] = (await once(child, "close")) as [number | null];
  signal.throwIfAborted();
  if (exitCode !== 0) {
    throw new UserError(
      `host: ${options.command} ended with exit code ${exitCode}`,
      "See its lines above.",
    );
  }
}

async function openShell(
  session: LabSession,
  target: Target,
  options: LabOptions,
  signal: AbortSignal,
): Promise<void> {
  const filesystem = options.filesystems[0] ?? "ext4";
  const boot = { target, filesystem, boot: 0, commands: [] };
  const hardware = await prepareBoot(session, boot, 0, { shell: true }, signal);
  await runInTerminal(hardware, signal);
}
