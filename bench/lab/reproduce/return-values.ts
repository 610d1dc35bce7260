import { z } from "zod";

/** What `ext4_file_write_iter` returned in one cell: value -> how often. */
export interface ReturnValues {
  kernel: string;
  preparation: string;
  submitter: Record<string, number>;
  worker: Record<string, number>;
}

/** The part of `puntbench explain --json` that is shown. */
const ExplainOutput = z.object({
  scenarios: z.array(
    z.object({
      scenario: z.object({ preparation: z.string() }),
      submitterGot: z.record(z.string(), z.number()),
      workerGot: z.record(z.string(), z.number()),
    }),
  ),
});

/**
 * Return values from a guest's `explain --json`; none when it could not see them. They are only shown:
 * whether a cell agrees depends on the count of punts.
 */
export function returnValues(kernel: string, printed: string): ReturnValues[] {
  try {
    const { scenarios } = ExplainOutput.parse(JSON.parse(printed));
    return scenarios.map(({ scenario, submitterGot, workerGot }) => ({
      kernel,
      preparation: scenario.preparation,
      submitter: submitterGot,
      worker: workerGot,
    }));
  } catch {
    return [];
  }
}

/** `-11`, `-529`, or several, the most frequent first; values of single writes are left out. */
export function returnValuesText({ submitter, worker }: ReturnValues): string {
  const words = (got: Record<string, number>) => {
    const total = Object.values(got).reduce((sum, count) => sum + count, 0);
    return Object.entries(got)
      .filter(([, count]) => count > total * 0.01)
      .sort(([, a], [, b]) => b - a)
      .map(([value]) => value.split(" ")[0])
      .join(" or ");
  };
  const retried = words(worker);
  return words(submitter) + (retried === "" ? "" : `, then ${retried} from the worker`);
}
