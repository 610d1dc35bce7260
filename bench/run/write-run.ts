import type { Footer, Header, ResultsLine, Trial } from "../../results/schema.js";
import { Interrupted } from "../../terminal/interrupt.js";
import type { ResultsWriter } from "./results-writer.js";

/** Writes the header, each line as it comes, and a footer that says how the run ended. */
export async function writeRun<Result>(
  writer: ResultsWriter,
  header: Header,
  measure: (append: (line: ResultsLine) => void) => Promise<Result>,
): Promise<{ trials: Trial[]; result: Result }> {
  const trials: Trial[] = [];
  const close = (outcome: Footer["outcome"], reason: string | null) => {
    const finishedAt = new Date().toISOString();
    const warnings = [...new Set(trials.flatMap((trial) => trial.warnings))];
    try {
      writer.append({
        type: "footer",
        finishedAt,
        outcome,
        reason,
        trials: trials.length,
        warnings,
      });
    } finally {
      writer.close();
    }
  };
  let result: Result;
  try {
    writer.append(header);
    result = await measure((line) => {
      writer.append(line);
      if (line.type === "trial") trials.push(line);
    });
  } catch (error) {
    try {
      close(error instanceof Interrupted ? "interrupted" : "failed", (error as Error).message);
    } catch {
      // The first error is the cause. A file without a footer shows by itself that it is incomplete.
    }
    throw error;
  }
  close("complete", null);
  return { trials, result };
}
