import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../terminal/errors.js";
import { folderName } from "../run/results-writer.js";
import { completeHeader } from "./results-file.js";
import { bringBack } from "./session/bring-back.js";
import { puntTable, type RunSummary, readRun } from "./session/comparison.js";
import { type Collected, type LabJob, readJobs, reportCollected } from "./session/jobs.js";

/** `puntbench lab --collect JOBS`: brings the results files of jobs together below `out`, and compares the kernels. */
export async function collect(path: string, out: string): Promise<void> {
  const jobs = readJobs(path);
  const collected: Collected = { jobs: jobs.length, missing: [] };
  const runs: RunSummary[] = [];
  for (const job of jobs) {
    try {
      runs.push(await collectJob(job, out));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      collected.missing.push(`${job.name}: ${error.message}`);
    }
  }
  if (runs.some(({ trials }) => trials.length > 0)) process.stdout.write(`${puntTable(runs)}\n\n`);
  reportCollected(collected);
}

/** A file that was collected before is left as it is. */
async function collectJob({ name, output }: LabJob, out: string): Promise<RunSummary> {
  const header = completeHeader(output);
  if (header === null) {
    const what = existsSync(output) ? "is no complete results file" : "is not there";
    throw new UserError(`${output} ${what}`, "Run the job again.");
  }
  const [label, filesystem] = name.split(" ");
  const run = await readRun(output, header.kernelLabel, filesystem ?? "");
  if (header.kernelLabel !== label) {
    throw new UserError(`${output} holds results of ${header.kernelLabel}`, "Run the job again.");
  }
  const content = readFileSync(output);
  const file = `${folderName(header.kernelLabel)}/${header.runId}.jsonl`;
  const before = existsSync(join(out, file)) ? readFileSync(join(out, file)) : null;
  if (before?.equals(content)) return run;
  const written = await bringBack([{ path: `results/${file}`, content }], out);
  if (written.length === 1) return run;
  throw new UserError(`${output} names its run otherwise than puntbench does`, "Do not use it.");
}
