import type { Command } from "commander";
import type { Scenario } from "../../results/schema.js";
import { UsageError } from "../../terminal/errors.js";
import {
  distinctScenarios,
  jobsOfFile,
  type MeasuredJob,
  wordsAboutJobs,
} from "../fio/scenarios.js";
import { scenariosOf } from "./matrix.js";
import type { BenchOptions, RawOptions } from "./options.js";

/** What the bench runs, and where it comes from. */
export interface ChosenScenarios {
  scenarios: Scenario[];
  /** Of a fio job file; null for the matrix. */
  jobs: MeasuredJob[] | null;
  /** Sentences to print before the run. */
  about: string[];
}

/** Options that a job file decides, by the names of commander. */
const DECIDED_BY_JOBS = [
  "preparations",
  "queueDepths",
  "blockSize",
  "fileSize",
  "duration",
  "ramp",
  "order",
  "arms",
  "interval",
  "registeredBuffers",
  "quick",
];

/** The matrix of the options, or the jobs of `--fio`. Throws a UsageError where both are asked for. */
export function chosenScenarios(
  { fio }: RawOptions,
  options: BenchOptions,
  command: Command,
): ChosenScenarios {
  if (fio === undefined) return { scenarios: scenariosOf(options), jobs: null, about: [] };
  const both = command.options.filter(
    (option) =>
      DECIDED_BY_JOBS.includes(option.attributeName()) &&
      command.getOptionValueSource(option.attributeName()) === "cli",
  );
  if (both.length > 0) {
    throw new UsageError(
      `--fio and ${both.map(({ long }) => long).join(", ")} exclude each other`,
      "The job file decides these: change it there.",
    );
  }
  const measured = jobsOfFile(fio, process.env);
  const { jobs } = measured;
  return { scenarios: distinctScenarios(jobs), jobs, about: wordsAboutJobs(measured) };
}
