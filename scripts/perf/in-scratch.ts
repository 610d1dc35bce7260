import { ScratchDirectory } from "../../bench/environment/scratch.js";
import { type Driver, loadDriver } from "../../native/index.js";
import { type Progress, stderrProgress } from "../../terminal/progress.js";

/** What a measurement works with. */
export interface Place {
  driver: Driver;
  progress: Progress;
  /** The scratch directory's real path: programs of other processes get it. */
  folder: string;
}

/** Measures in a scratch directory below `directory`, which is removed on every exit. */
export async function inScratch<Result>(
  directory: string,
  measure: (place: Place) => Promise<Result>,
): Promise<Result> {
  const driver = loadDriver();
  const progress = stderrProgress();
  const scratch = new ScratchDirectory(directory);
  const interrupted = () => process.exit(130);
  process.once("SIGINT", interrupted);
  try {
    return await measure({ driver, progress, folder: scratch.location });
  } finally {
    progress.done();
    process.off("SIGINT", interrupted);
    scratch.remove();
  }
}
