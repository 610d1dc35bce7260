import { scenarioKey } from "../../results/scenario.js";
import type { Scenario } from "../../results/schema.js";
import { UsageError } from "../../terminal/errors.js";
import { visible } from "../../terminal/quote.js";
import { readJobFile } from "./job-file.js";
import { engineOf, scenarioOfJob } from "./scenario-of-job.js";

/** A job of the file as one scenario. */
export interface MeasuredJob {
  name: string;
  scenario: Scenario;
  notes: string[];
}

/** The io_uring jobs of a file, and how many of other engines were left out. */
export interface MeasuredJobs {
  jobs: MeasuredJob[];
  leftOut: number;
}

/** Reads a fio job file. Throws a UsageError that names all options that are not supported. */
export function jobsOfFile(file: string, environment: NodeJS.ProcessEnv): MeasuredJobs {
  const jobs = readJobFile(file, environment);
  const chosen = jobs.filter((job) => engineOf(job) === "io_uring");
  if (chosen.length === 0) {
    const engines = [...new Set(jobs.map(engineOf))].join(", ") || "none, the file has no job";
    throw new UsageError(
      `${file} has no job with ioengine=io_uring (found: ${visible(engines)})`,
      "Set ioengine=io_uring; fio's default is psync.",
    );
  }
  const translated = chosen.map(scenarioOfJob);
  const refused = translated.filter(({ problems }) => problems.length > 0);
  if (refused.length > 0) {
    const all = refused.map(({ name, problems }) => `[${name}] ${problems.join(", ")}`);
    throw new UsageError(
      `${file} asks for what puntbench does not measure: ${visible(all.join("; "))}`,
      "Change or remove these options; bench/fio/options.md lists all that are known.",
    );
  }
  const measured = translated.flatMap(({ name, scenario, notes }) =>
    scenario === null ? [] : [{ name, scenario, notes }],
  );
  return { jobs: measured, leftOut: jobs.length - chosen.length };
}

/** Sentences about the whole file and about each job, to be printed before the run. */
export function wordsAboutJobs({ jobs, leftOut }: MeasuredJobs): string[] {
  const together = "the jobs run one after the other, also where fio would run them together";
  return [
    ...(leftOut > 0 ? [`${leftOut} jobs of other engines than io_uring are left out`] : []),
    ...(jobs.length > 1 ? [together] : []),
    ...jobs.map(({ name, notes }) => `job [${visible(name)}]: ${notes.join("; ")}`),
  ];
}

/** Jobs that come to one scenario are measured once. */
export function distinctScenarios(jobs: readonly MeasuredJob[]): Scenario[] {
  return [...new Map(jobs.map(({ scenario }) => [scenarioKey(scenario), scenario])).values()];
}
