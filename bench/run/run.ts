import { type Driver, loadDriver } from "../../native/index.js";
import type { Header, ResultsLine, Scenario, Trial } from "../../results/schema.js";
import type { Progress } from "../../terminal/progress.js";
import { holdDisk, labDisk, onDisk } from "../environment/lab-disk.js";
import { ScratchDirectory } from "../environment/scratch.js";
import { type SizedScenarios, sizedForDuration } from "./duration.js";
import { openingHeader } from "./header.js";
import { scenariosOf } from "./matrix.js";
import { measureRounds } from "./measure-rounds.js";
import type { RunContext } from "./measure-trial.js";
import type { BenchOptions } from "./options.js";
import { possibleScenarios } from "./possible.js";
import { checkMemory, checkQueueDepths } from "./preflight.js";
import { ResultsWriter } from "./results-writer.js";
import { writeRun } from "./write-run.js";

export interface RunOutcome<Afterwards = unknown> {
  resultsFile: string;
  header: Header;
  trials: Trial[];
  /** Result of the plan's `afterwards`; undefined without one. */
  afterwards: Afterwards | undefined;
}

/** What a run consists of. */
export interface RunPlan<Afterwards> {
  scenarios: Scenario[];
  /** false leaves the timed trials out; asked when the environment is known. */
  timed?: (header: Header) => boolean;
  /** How the timed trials run. Default: every scenario in every round. */
  measure?: (run: RunContext, keep: (trial: Trial) => void) => Promise<void>;
  /** Follows the last timed trial; the lines that it appends stand in the same results file. */
  afterwards?: (stage: Stage) => Promise<Afterwards>;
}

export interface Stage {
  driver: Driver;
  scratch: ScratchDirectory;
  header: Header;
  append: (line: ResultsLine) => void;
}

/**
 * One run: checks, then every scenario in every round. Each trial becomes one line of the results file.
 * The scratch directory is removed on every exit. Throws a UserError with the remedy, or `Interrupted`;
 * the trials measured until then are kept.
 */
export async function runBench<Afterwards>(
  options: BenchOptions,
  commandLine: string[],
  progress: Progress,
  signal: AbortSignal,
  plan: RunPlan<Afterwards> = { scenarios: scenariosOf(options) },
): Promise<RunOutcome<Afterwards>> {
  const disk = labDisk();
  const driver = disk === null ? loadDriver() : onDisk(loadDriver(), disk);
  checkQueueDepths(plan.scenarios);
  checkMemory(plan.scenarios);
  const scratch = new ScratchDirectory(options.dir);
  const releaseDisk = holdDisk();
  try {
    const checked = await openingHeader(driver, options, plan.scenarios, scratch, commandLine);
    const { scenarios, skipped } = await possibleScenarios(driver, options, scratch, checked);
    const opening = { ...checked, scenarios, warnings: [...checked.warnings, ...skipped] };
    for (const warning of opening.warnings) progress.milestone(`warning: ${warning}`);
    const timed = plan.timed?.(opening) ?? true;
    const limits: SizedScenarios["limits"] = new Map();
    const run = { driver, options, scratch, header: opening, limits, progress, signal };
    const sized = timed ? await sizedForDuration(run) : { scenarios, limits };
    const header = { ...opening, scenarios: sized.scenarios };
    const writer = new ResultsWriter(options.out, options.kernelLabel, header.runId);
    const { trials, result } = await writeRun(writer, header, async (append) => {
      const measure = plan.measure ?? measureRounds;
      if (timed) await measure({ ...run, header, limits: sized.limits }, append);
      return plan.afterwards?.({ driver, scratch, header, append });
    });
    return { resultsFile: writer.path, header, trials, afterwards: result };
  } finally {
    progress.done();
    releaseDisk();
    scratch.remove();
  }
}
