import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { UserError } from "../../terminal/errors.js";
import { Interrupt } from "../../terminal/interrupt.js";
import { makeFolders } from "../../terminal/make-folders.js";
import { packageRoot } from "../../terminal/package-root.js";
import type { Run } from "../cells/run.js";
import { loadRuns, type Problem } from "../loading/load.js";
import { Dataset, type Made } from "./dataset.js";
import {
  OBSERVATION_COLUMNS,
  type ObservationRow,
  observationRows,
} from "./observation-columns.js";
import { TRIAL_COLUMNS, type TrialRow, trialRow } from "./trial-columns.js";

export interface Exported {
  runs: Run[];
  problems: Problem[];
  trials: Made;
  observations: Made;
}

/** The two datasets of an export. */
export interface Datasets {
  trials: Dataset<TrialRow>;
  observations: Dataset<ObservationRow>;
}

/**
 * Reads results and writes them as `OUT/trials/`, `OUT/observations/`, and the SQL that asks them as `OUT/sql/`. The
 * folder appears whole or not at all, because half of an export would give wrong answers in silence. Throws UserError.
 */
export async function exportParquet(paths: readonly string[], out: string): Promise<Exported> {
  const interrupt = new Interrupt("Nothing was written.");
  let found: Awaited<ReturnType<typeof loadRuns>> | undefined;
  const made = await writeDatasets(out, async ({ trials, observations }) => {
    found = await loadRuns(paths, {
      add: (trial, run) => {
        interrupt.signal.throwIfAborted();
        trials.add(run.header.kernelLabel, trialRow(trial, run));
      },
    });
    for (const run of found.runs) {
      for (const row of observationRows(run)) observations.add(run.header.kernelLabel, row);
    }
  }).finally(() => interrupt.dispose());
  return { runs: [], problems: [], ...found, ...made };
}

/** Makes the folder `out` with what `fill` adds to the datasets. Throws UserError where it cannot be written. */
export async function writeDatasets(
  out: string,
  fill: (datasets: Datasets) => Promise<void> | void,
): Promise<{ trials: Made; observations: Made }> {
  const target = resolve(out);
  const building = makePlace(out, target);
  const removeOnExit = () => rmSync(building, { recursive: true, force: true });
  process.once("exit", removeOnExit);
  try {
    const datasets = datasetsIn(building);
    await fill(datasets);
    const made = { trials: datasets.trials.finish(), observations: datasets.observations.finish() };
    // mkdtemp gives nobody else any right; a folder that was asked for has the usual ones.
    chmodSync(building, 0o777 & ~process.umask());
    renameSync(building, target);
    return made;
  } catch (error) {
    throw asUserError(out, error);
  } finally {
    removeOnExit();
    process.off("exit", removeOnExit);
  }
}

/** A folder beside the target, where only this process writes. */
function makePlace(out: string, target: string): string {
  try {
    if (existsSync(target) && readdirSync(target).length > 0) {
      throw new UserError(
        `${out} holds files already: rows of two exports would be counted twice`,
        "Name a new folder with --out, or remove this one.",
      );
    }
    makeFolders(dirname(target));
    return mkdtempSync(join(dirname(target), `.${basename(target)}-`));
  } catch (error) {
    throw asUserError(out, error);
  }
}

function datasetsIn(folder: string): Datasets {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8"));
  for (const name of ["trials", "observations", "sql"]) mkdirSync(join(folder, name));
  const sql = join(packageRoot(), "analysis", "parquet", "sql");
  for (const name of readdirSync(sql)) copyFileSync(join(sql, name), join(folder, "sql", name));
  return {
    trials: new Dataset(
      join(folder, "trials"),
      TRIAL_COLUMNS,
      ({ latency }) => latency?.length ?? 0,
      version,
    ),
    observations: new Dataset(
      join(folder, "observations"),
      OBSERVATION_COLUMNS,
      ({ file }) => file.inlineLatencies.length + file.puntedLatencies.length,
      version,
    ),
  };
}

/** An error of the system is about the folder that was asked for; any other stays what it is. */
function asUserError(out: string, error: unknown): unknown {
  if (!(error instanceof Error && "syscall" in error)) return error;
  return new UserError(`cannot write ${out}: ${error.message}`, "Name another --out.");
}
