import { join } from "node:path";
import { EXIT, UserError } from "../../../terminal/errors.js";
import { timeLeft } from "../../../terminal/progress.js";
import { formatBytes } from "../../../terminal/units.js";
import { GUEST } from "../image/job.js";
import type { GuestRun } from "../qemu/follow-guest.js";
import { atOnce } from "./at-once.js";
import { runBoot } from "./boot.js";
import { bringBack, GUEST_RESULTS, standardOutput } from "./bring-back.js";
import type { LabKernel } from "./kernels.js";
import type { LabSession } from "./lab-session.js";
import { type PlannedBoot, planBoots } from "./plan.js";
import type { FinishedBoot, GuestCommand, GuestSettings, LabPlan } from "./settings.js";
import { type BootView, watchBoot } from "./watch-boot.js";

export interface LabOutcome {
  finished: FinishedBoot[];
  failures: UserError[];
}

const PRINTED_LINES_SHOWN = 20;

/** The arguments of node in a guest. */
export function commandLine(label: string, { name, options }: GuestCommand): string[] {
  const cli = join(GUEST.puntbench, "dist", "cli.js");
  const where = ["--kernel-label", label, "--dir", GUEST.scratch, "--out", GUEST_RESULTS];
  if (name === "replay") return [cli, name, GUEST.input, ...where, "--json", ...options];
  return [cli, name, ...where, ...options.map(inGuest)];
}

/** The job file of --fio is somewhere else in a guest. */
function inGuest(option: string, index: number, options: readonly string[]): string {
  if (option.startsWith("--fio=")) return `--fio=${GUEST.input}`;
  return options[index - 1] === "--fio" ? GUEST.input : option;
}

/**
 * Boots every kernel, at most `plan.jobs` at a time, and brings results back. When a guest fails, the
 * others still run. An interruption ends everything, and so do options that the bench refuses.
 */
export async function runLab(
  session: LabSession,
  kernels: readonly LabKernel[],
  plan: LabPlan,
): Promise<LabOutcome> {
  const { progress } = session;
  const planned = planBoots(kernels, plan.filesystems, plan.boots);
  const outcome: LabOutcome = { finished: [], failures: [] };
  const stop = new AbortController();
  const stoppable = { ...session, signal: AbortSignal.any([session.signal, stop.signal]) };
  const startedAtMs = Date.now();
  const views = new Map<string, BootView>();
  const show = () => {
    const running = [...views].map(([name, view]) => `${name}: ${view.step}`);
    const partly = [...views.values()].reduce((sum, view) => sum + view.doneRatio, 0);
    const done = outcome.finished.length + outcome.failures.length + partly;
    progress.step([...running, timeLeft(startedAtMs, done, planned.length)].join("  "));
  };
  const runOne = async (next: PlannedBoot, slot: number) => {
    const name = nameOf(next, plan, session.settings);
    const { view, watcher } = watchBoot(show);
    views.set(name, view);
    try {
      const { label } = next.kernel;
      const commands = plan.commands.map((command) => commandLine(label, command));
      const beganAtMs = Date.now();
      const run = await runBoot(stoppable, { ...next, slot, commands }, watcher);
      const elapsedMs = Date.now() - beganAtMs;
      const finished = { ...next, ...(await resultsOf(run, plan, view)), elapsedMs };
      outcome.finished.push(finished);
      await plan.onFinished?.(finished);
      const kept = !plan.out.startsWith(session.workspace);
      progress.milestone(`${name}: ${describe(finished, kept)}`);
    } catch (error) {
      if (!(error instanceof UserError) || endsEverything(error)) {
        stop.abort(error);
        throw error;
      }
      outcome.failures.push(error);
      progress.milestone(`${name}: failed: ${error.message}`);
    } finally {
      views.delete(name);
    }
  };
  try {
    await atOnce(planned, plan.jobs, runOne);
  } finally {
    progress.done();
  }
  session.signal.throwIfAborted();
  return outcome;
}

/** Results files and printed text of a guest; a UserError when one of its commands failed. */
async function resultsOf(
  run: GuestRun,
  plan: LabPlan,
  view: BootView,
): Promise<Omit<FinishedBoot, keyof PlannedBoot | "elapsedMs">> {
  const { exitCodes, files, peakMemoryBytes } = run;
  const resultsFiles = await bringBack(files, plan.out);
  const printed = plan.commands.map((_, index) => standardOutput(files, index));
  const failed = plan.commands.findIndex((_, index) => exitCodes[index] !== 0);
  if (failed >= 0) {
    const exitCode = exitCodes[failed] ?? "unknown";
    const name = plan.commands[failed]?.name;
    const output = (printed[failed] ?? "").trimEnd().split("\n").slice(-PRINTED_LINES_SHOWN);
    throw new UserError(
      `${name} ended with exit code ${exitCode}\n    ${[...view.log, ...output].join("\n    ")}`,
      `The lines above are its output; \`puntbench ${name} --help\` explains its options.`,
      exitCode === EXIT.usage ? EXIT.usage : EXIT.failure,
    );
  }
  return { resultsFiles, firstTrialMs: view.firstTrialMs, peakMemoryBytes, printed };
}

/** Whether the next kernel would fail in the same way. */
function endsEverything(error: UserError): boolean {
  return error.exitCode === EXIT.interrupted || error.exitCode === EXIT.usage;
}

/** "6.12 ext4 on luks (lazytime) boot 2/3": what tells the guests of one plan apart, and those of one plan from another's. */
function nameOf(
  { kernel, filesystem, boot }: PlannedBoot,
  { boots }: LabPlan,
  { stack, mountOptions }: GuestSettings,
): string {
  const place = [filesystem, ...stack.toReversed()].join(" on ");
  const options = mountOptions.length > 0 ? ` (${mountOptions.join(",")})` : "";
  return `${kernel.label} ${place}${options}${boots > 1 ? ` boot ${boot + 1}/${boots}` : ""}`;
}

function describe(finished: FinishedBoot, kept: boolean): string {
  const { firstTrialMs, elapsedMs, peakMemoryBytes, resultsFiles } = finished;
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  const first = firstTrialMs === null ? "" : `first trial after ${seconds(firstTrialMs)}, `;
  const files = kept ? ["", ...resultsFiles].join("; ") : "";
  return `${first}done in ${seconds(elapsedMs)}, peak memory ${formatBytes(peakMemoryBytes)}${files}`;
}
