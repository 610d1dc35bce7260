import { join } from "node:path";
import { EXIT, UserError } from "../../../terminal/errors.js";
import { type Progress, timeLeft } from "../../../terminal/progress.js";
import { formatBytes } from "../../../terminal/units.js";
import { GUEST } from "../image/job.js";
import type { GuestCommand, LabOptions } from "../options.js";
import type { GuestRun } from "../qemu/follow-guest.js";
import { type Boot, runBoot } from "./boot.js";
import { bringBack, GUEST_RESULTS, standardOutput } from "./bring-back.js";
import { type BootView, watchBoot } from "./follow-boot.js";
import type { PlannedBoot } from "./plan.js";
import type { LabSession } from "./session.js";
import type { Target } from "./target.js";

/** One guest that ran its bench, and what came back. */
export interface FinishedBoot {
  planned: PlannedBoot<Target>;
  resultsFiles: string[];
  firstTrialMs: number | null;
  peakMemoryBytes: number;
  elapsedMs: number;
  /** What each command printed on its standard output. */
  printed: string[];
}

export interface LabOutcome {
  finished: FinishedBoot[];
  failures: UserError[];
}

const PRINTED_LINES_SHOWN = 20;

/** The arguments of node in a guest. */
export function benchCommandLine(
  label: string,
  benchOptions: readonly string[],
  command: GuestCommand = "bench",
): string[] {
  return [
    join(GUEST.puntbench, "dist", "cli.js"),
    ...[command, "--kernel-label", label, "--dir", GUEST.scratch, "--out", GUEST_RESULTS],
    ...benchOptions,
  ];
}

/**
 * Runs the planned guests, at most `options.jobs` at a time. A guest that fails is remembered and the
 * others still run; an interruption, or options that the bench refuses, end everything.
 */
export async function runLab(
  session: LabSession,
  planned: readonly PlannedBoot<Target>[],
  options: LabOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<LabOutcome> {
  const outcome: LabOutcome = { finished: [], failures: [] };
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const queue = [...planned];
  const startedAtMs = Date.now();
  const views = new Map<number, { name: string; view: BootView }>();
  const show = () => {
    const running = [...views.values()];
    const partly = running.reduce((sum, { view }) => sum + view.doneRatio, 0);
    const done = outcome.finished.length + outcome.failures.length + partly;
    const left = timeLeft(startedAtMs, done, planned.length);
    progress.step([...running.map(({ name, view }) => `${name}: ${view.step}`), left].join("  "));
  };
  const work = async (slot: number) => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { view, watcher } = watchBoot(show);
      const name = nameOf(next, options);
      views.set(slot, { name, view });
      try {
        const warn = (text: string) => progress.milestone(`warning: ${text}`);
        const boot = bootOf(next, options);
        const beganAtMs = Date.now();
        const run = await runBoot(session, boot, slot, watcher, warn, either);
        const finished = await bringHome(run, next, view, options, Date.now() - beganAtMs);
        outcome.finished.push(finished);
        const kept = !options.out.startsWith(session.workspace);
        progress.milestone(`${name}: ${describe(finished, kept)}`);
      } catch (error) {
        if (!(error instanceof UserError) || endsEverything(error)) {
          stop.abort(error);
          throw error;
        }
        outcome.failures.push(error);
        progress.milestone(`${name}: failed: ${error.message}`);
      } finally {
        views.delete(slot);
      }
    }
  };
  const slots = Math.min(options.jobs, planned.length);
  const works = await Promise.allSettled(Array.from({ length: slots }, (_, slot) => work(slot)));
  progress.done();
  signal.throwIfAborted();
  if (works.some((one) => one.status === "rejected")) throw stop.signal.reason;
  return outcome;
}

function bootOf(planned: PlannedBoot<Target>, options: LabOptions): Boot {
  return {
    ...planned,
    commands: [
      benchCommandLine(planned.target.label, options.benchOptions, options.command),
      ...options.afterwards.map((next) => {
        return benchCommandLine(planned.target.label, next.options, next.command);
      }),
    ],
  };
}

async function bringHome(
  run: GuestRun,
  planned: PlannedBoot<Target>,
  view: BootView,
  options: LabOptions,
  elapsedMs: number,
): Promise<FinishedBoot> {
  const resultsFiles = await bringBack(run.files, options.out);
  const printed = run.exitCodes.map((_, command) => standardOutput(run.files, command));
  const failed = run.exitCodes.findIndex((code) => code !== 0);
  if (failed >= 0) {
    const exitCode = run.exitCodes[failed];
    const command = [options, ...options.afterwards][failed]?.command ?? options.command;
    const said = [
      ...view.log,
      ...(printed[failed] ?? "").trimEnd().split("\n").slice(-PRINTED_LINES_SHOWN),
    ];
    throw new UserError(
      `${command} ended with exit code ${exitCode}\n    ${said.join("\n    ")}`,
      `The lines above are its own; \`puntbench ${command} --help\` explains its options.`,
      exitCode === EXIT.usage ? EXIT.usage : EXIT.failure,
    );
  }
  const { peakMemoryBytes } = run;
  return {
    planned,
    resultsFiles,
    firstTrialMs: view.firstTrialMs,
    peakMemoryBytes,
    elapsedMs,
    printed,
  };
}

/** Trying the next kernel would change nothing. */
function endsEverything(error: UserError): boolean {
  return error.exitCode === EXIT.interrupted || error.exitCode === EXIT.usage;
}

function nameOf(planned: PlannedBoot<Target>, options: LabOptions): string {
  const boots = options.boots > 1 ? ` boot ${planned.boot + 1}/${options.boots}` : "";
  return `${planned.target.label} ${planned.filesystem}${boots}`;
}

function describe(finished: FinishedBoot, kept: boolean): string {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  const first =
    finished.firstTrialMs === null ? "" : `first trial after ${seconds(finished.firstTrialMs)}, `;
  const memory = formatBytes(finished.peakMemoryBytes);
  const files = kept ? ["", ...finished.resultsFiles].join("; ") : "";
  return `${first}done in ${seconds(finished.elapsedMs)}, peak memory ${memory}${files}`;
}
