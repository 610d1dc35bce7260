import { availableParallelism } from "node:os";
import { ATLAS_PLACES, type AtlasPlace } from "../../results/atlas/places.js";
import { ATLAS_SCENARIOS } from "../../results/atlas/scenarios.js";
import { UsageError } from "../../terminal/errors.js";
import { integer, list, word, words } from "../../terminal/option-values.js";

/** Options of `atlas build` as commander hands them over: text. */
export interface RawBuildOptions {
  kernels?: string;
  everyVersion?: boolean;
  places?: string;
  jobs: string;
  out?: string;
  mirror?: string;
  again?: boolean;
  cost?: string;
  scenarios?: string;
  dryRun?: boolean;
  jobsJson?: string;
  collect?: string;
}

export interface BuildOptions {
  /** null: the newest of each series. */
  kernels: string[] | null;
  everyVersion: boolean;
  places: AtlasPlace[];
  jobs: number;
  /** null: the atlas of this package. */
  out: string | null;
  mirror: string | null;
  /** Measure cells again that are there. */
  again: boolean;
  dryRun: boolean;
  /** Print the guests as jobs whose answers go to this folder, and boot none; null: boot them. */
  jobsFolder: string | null;
  /** Absent: punts and their causes. */
  cost: "instructions" | undefined;
  /** Names; null: all of each place. */
  only: string[] | null;
}

/** Checks every option and gives it its type. Throws a UsageError with the remedy. */
export function parseBuildOptions(raw: RawBuildOptions): BuildOptions {
  if (raw.cost !== undefined && raw.jobsJson !== undefined) {
    throw new UsageError("--jobs-json prints jobs that count punts", "Leave out --cost.");
  }
  const names = ATLAS_PLACES.map(({ name }) => name);
  const chosen = raw.places === undefined ? names : words(raw.places, names, "--places");
  return {
    kernels: raw.kernels === undefined ? null : list(raw.kernels, "--kernels"),
    everyVersion: raw.everyVersion ?? false,
    places: ATLAS_PLACES.filter(({ name }) => chosen.includes(name)),
    jobs: integer(raw.jobs, "--jobs", 1, Math.max(1, availableParallelism())),
    out: raw.out ?? null,
    mirror: raw.mirror ?? null,
    again: raw.again ?? false,
    dryRun: raw.dryRun ?? false,
    jobsFolder: raw.jobsJson ?? null,
    only:
      raw.scenarios === undefined
        ? null
        : words(
            raw.scenarios,
            ATLAS_SCENARIOS.map(({ name }) => name),
            "--scenarios",
          ),
    cost: raw.cost === undefined ? undefined : word(raw.cost, ["instructions"] as const, "--cost"),
  };
}
