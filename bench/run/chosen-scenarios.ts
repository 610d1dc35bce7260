import type { Command } from "commander";
import type { Scenario } from "../../results/schema.js";
import { UsageError } from "../../terminal/errors.js";
import {
  distinctScenarios,
  jobsOfFile,
  type MeasuredJob,
  wordsAboutJobs,
} from "../fio/scenarios.js";
import { openParameters, workloadsNamed } from "../workloads/workloads.js";
import { scenariosOf } from "./matrix.js";
import type { BenchOptions, RawOptions } from "./options.js";
import { scenariosOfFile } from "./scenarios-file.js";
import { decidedBy, withStream, wordsAbout } from "./workload-options.js";

/** What the bench runs, and where it comes from. */
export interface ChosenScenarios {
  scenarios: Scenario[];
  /** Of a fio job file; null for the matrix. */
  jobs: MeasuredJob[] | null;
  /** Sentences to print before the run. */
  about: string[];
}

/** Options that a file of jobs or scenarios decides, by the names of commander. */
const DECIDED_BY_FILE = [
  "preparations",
  "queueDepths",
  "blockSize",
  "order",
  "operation",
  "io",
  "durability",
  "vectored",
  "fixedFiles",
  "files",
  "rings",
  "extents",
  "inode",
  "fileSize",
  "duration",
  "ramp",
  "arms",
  "interval",
  "thinkTime",
  "registeredBuffers",
  "quick",
  "workload",
];

/**
 * The matrix of the options, the streams of workloads, the jobs of a fio file, or a list of scenarios. Throws a UsageError where two are asked for.
 * @param command knows which options were given; null: nobody gave any.
 */
export function chosenScenarios(
  { fio, workload, scenarios }: RawOptions,
  options: BenchOptions,
  command: Command | null,
): ChosenScenarios {
  if (fio !== undefined) {
    refuseBoth(command, "--fio", [...DECIDED_BY_FILE, "scenarios"]);
    const measured = jobsOfFile(fio, process.env);
    const { jobs } = measured;
    return { scenarios: distinctScenarios(jobs), jobs, about: wordsAboutJobs(measured) };
  }
  if (scenarios !== undefined) {
    refuseBoth(command, "--scenarios", DECIDED_BY_FILE);
    return { scenarios: scenariosOfFile(scenarios), jobs: null, about: [] };
  }
  if (workload === undefined) return { scenarios: scenariosOf(options), jobs: null, about: [] };
  const streams = workloadsNamed(workload).flatMap((each) => each.streams);
  refuseBoth(command, `--workload ${workload}`, decidedBy(streams));
  return {
    scenarios: streams.flatMap((stream) => scenariosOf(withStream(options, stream))),
    jobs: null,
    about: [...new Set(streams.flatMap(openParameters).map(wordsAbout))],
  };
}

function refuseBoth(command: Command | null, source: string, decided: readonly string[]): void {
  const both = (command?.options ?? []).filter(
    (option) =>
      decided.includes(option.attributeName()) &&
      command?.getOptionValueSource(option.attributeName()) === "cli",
  );
  if (both.length === 0) return;
  throw new UsageError(
    `${source} and ${both.map(({ long }) => long).join(", ")} exclude each other`,
    `${source} decides these.`,
  );
}
