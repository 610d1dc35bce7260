import { spawn } from "node:child_process";
import { once } from "node:events";
import { release } from "node:os";
import { join } from "node:path";
import { loadRecording } from "../../results/recording/reader.js";
import { UserError } from "../../terminal/errors.js";
import { packageRoot } from "../../terminal/package-root.js";
import { printable, visible } from "../../terminal/quote.js";
import { dryRunText } from "./dry-run.js";
import { withLabContext } from "./host/context.js";
import { requireLabTools } from "./host/programs.js";
import { jobsOf } from "./jobs.js";
import { type LabOptions, parseLabOptions, type RawLabOptions } from "./options.js";
import { runInTerminal } from "./qemu/run-guest.js";
import { completeHeader, keepAs } from "./results-file.js";
import { prepareBoot } from "./session/boot.js";
import { puntTable, readRun } from "./session/comparison.js";
import { instructionTable } from "./session/instruction-table.js";
import { jobsText } from "./session/jobs.js";
import { kernelByFile, kernelsByVersion, type LabKernel } from "./session/kernels.js";
import { type LabOutcome, runLab } from "./session/lab.js";
import type { LabSession } from "./session/lab-session.js";
import { openSession } from "./session/open-session.js";
import { replayText } from "./session/replay-table.js";
import type { FinishedBoot } from "./session/settings.js";

/** `puntbench lab`: boots the kernels, runs the bench in each, brings the results back, compares. */
export async function main(raw: RawLabOptions, benchOptions: readonly string[]): Promise<void> {
  const options = parseLabOptions(raw, benchOptions);
  if (raw.replay !== undefined) loadRecording(raw.replay);
  const { resultsFile, jobsFolder } = options;
  if (resultsFile !== null && completeHeader(resultsFile) !== null) {
    process.stdout.write(`${visible(resultsFile)} is complete: nothing is booted\n`);
    return;
  }
  const guests = options.kernels.filter((kernel) => kernel !== "host");
  if (guests.length > 0 || options.kernelFile) requireLabTools();
  await withLabContext(async (context) => {
    if (guests.length < options.kernels.length) await runOnHost(options, context.signal);
    const kernels = await kernelsByVersion(context, guests, options);
    if (options.kernelFile) kernels.push(await kernelByFile(options.kernelFile));
    const [first] = kernels;
    if (!first) return;
    if (jobsFolder !== null) {
      process.stdout.write(jobsText(jobsOf(kernels, options, raw, jobsFolder)));
      return;
    }
    const session = await openSession(context, options.settings, first);
    const planned = { kernel: first, filesystem: options.filesystems[0] ?? "ext4", boot: 0 };
    try {
      if (options.dryRun) {
        process.stdout.write(dryRunText(session, planned, options.commands));
      } else if (options.shell) {
        const boot = { ...planned, slot: 0, commands: [], shell: true };
        await runInTerminal(await prepareBoot(session, boot), session.signal);
      } else await measure(session, kernels, options);
    } finally {
      context.progress.done();
      session.close();
    }
  });
}

async function measure(
  session: LabSession,
  kernels: readonly LabKernel[],
  options: LabOptions,
): Promise<void> {
  const { progress } = session;
  progress.milestone(`accelerator: ${session.accelerator} (${session.acceleratorReason})`);
  for (const { label, packageName, packageVersion } of kernels) {
    progress.milestone(`${label}: ${packageName} ${packageVersion}`);
  }
  for (const sentence of options.about) progress.milestone(sentence);
  const { resultsFile } = options;
  const plan = {
    ...options,
    ...(resultsFile !== null && {
      out: join(session.workspace, "results"),
      onFinished: (boot: FinishedBoot) => keepAs(resultsFile, boot),
    }),
  };
  const outcome = await runLab(session, kernels, plan);
  process.stdout.write(await printedOutcome(outcome, session, options));
  const [failure] = outcome.failures;
  if (failure) {
    const total = outcome.failures.length + outcome.finished.length;
    throw new UserError(
      `${outcome.failures.length} of ${total} guests failed, the first: ${failure.message}`,
      failure.remedy,
      failure.exitCode,
    );
  }
}

async function printedOutcome(
  outcome: LabOutcome,
  session: LabSession,
  options: LabOptions,
): Promise<string> {
  const [{ name }] = options.commands;
  if (options.json) return jsonLines(outcome);
  if (name === "explain") return explanations(outcome);
  if (name === "replay") {
    const note = session.accelerator === "kvm" ? "" : EMULATED;
    return `${replayText(outcome.finished)}\n${note}Findings and chart: puntbench report\n`;
  }
  return closingText(outcome, session, options);
}

/** What `explain` printed in each guest. */
function explanations({ finished }: LabOutcome): string {
  return finished
    .map(
      ({ kernel, filesystem, printed: [text = ""] }) =>
        `== ${kernel.label}, ${filesystem}\n\n${text}\n`,
    )
    .join("");
}

/** What the command's `--json` printed in each guest, with the guest's kernel, filesystem and results file. */
function jsonLines({ finished }: LabOutcome): string {
  return finished
    .map(({ kernel, filesystem, boot, printed: [text = ""], resultsFiles: [resultsFile] }) => {
      const { label, packageVersion } = kernel;
      const guest = { kernelLabel: label, packageVersion, filesystem, boot };
      return `${printable(JSON.stringify({ ...parseReport(text, label), ...guest, resultsFile }))}\n`;
    })
    .join("");
}

/** A UserError when a guest printed no JSON object. */
function parseReport(text: string, label: string): object {
  try {
    return Object(JSON.parse(text));
  } catch {
    throw new UserError(`${label}: the command printed no JSON`, "Run it again without --json.");
  }
}

const EMULATED =
  "The CPUs are emulated: punts are exact, where a kernel punts per clock tick they follow the emulated " +
  "pace; times are not comparable with real hardware.\n\n";

async function closingText(
  outcome: LabOutcome,
  session: LabSession,
  options: LabOptions,
): Promise<string> {
  const runs = await Promise.all(
    outcome.finished.flatMap(({ kernel, resultsFiles, filesystem }) =>
      resultsFiles.map((path) => readRun(path, kernel.label, filesystem)),
    ),
  );
  if (runs.length === 0) return "";
  if (options.cost === "instructions") {
    const note = "Counted, not timed: exact on any machine. Such runs say nothing of punts.";
    return `${instructionTable(runs)}\n\n${note}\n`;
  }
  const note = session.accelerator === "kvm" ? "" : EMULATED;
  return `${puntTable(runs)}\n\n${note}Charts and comparison: puntbench report, puntbench compare\n`;
}

/** Measures this machine's own kernel, without a guest: the command runs as a process. */
async function runOnHost({ commands, out }: LabOptions, signal: AbortSignal): Promise<void> {
  const [{ name, options }] = commands;
  const cli = join(packageRoot(), "dist", "cli.js");
  const args = [cli, name, "--kernel-label", release(), "--out", out, ...options];
  const child = spawn(process.execPath, args, { stdio: "inherit" });
  const [exitCode] = await once(child, "close");
  signal.throwIfAborted();
  if (exitCode !== 0) {
    throw new UserError(`host: ${name} ended with exit code ${exitCode}`, "See its lines above.");
  }
}
