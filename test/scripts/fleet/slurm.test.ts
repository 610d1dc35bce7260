import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { jobsText, type LabJob } from "../../../bench/lab/session/jobs.js";
import { packageRoot } from "../../../terminal/package-root.js";
import { completeRun } from "../../support/complete-run.js";
import { scratchFolder } from "../../support/kernel.js";
import { noSlurm, SlurmCluster } from "../../support/slurm.js";

/** A shell that read it would make a file. */
const HOSTILE = "$(touch pwned); parts";
const folder = join(scratchFolder(), HOSTILE);
const sbatch = join(packageRoot(), "scripts/fleet/slurm/lab.sbatch");

function job(name: string, output: string): LabJob {
  const argv: LabJob["argv"] = ["puntbench", "lab", "--kernels", name, "--results-file", output];
  return { name: `${name} ext4 1`, argv, inputs: [], output };
}

test("Slurm runs one job of the file for each index; a job whose results are there boots nothing", {
  skip: noSlurm,
}, async () => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "done 1.jsonl"), await completeRun(folder, "6.1"));
  writeFileSync(join(folder, "done 2.jsonl"), await completeRun(folder, "6.12"));
  const jobs = [job("6.1", "done 1.jsonl"), job("6.12", "done 2.jsonl")];
  writeFileSync(join(folder, "jobs.json"), jobsText(jobs));
  const cluster = await SlurmCluster.start();
  after(() => cluster.stop());
  cluster.env.PUNTBENCH = packageRoot();
  assert.equal(await cluster.runArray(2, [sbatch, "jobs.json"], folder), 0);
  for (const index of [0, 1]) {
    const log = readFileSync(join(folder, `slurm-1_${index}.log`), "utf8");
    assert.equal(log, `done ${index + 1}.jsonl is complete: nothing is booted\n`);
  }

  writeFileSync(join(folder, "jobs.json"), jobsText([job(HOSTILE, "none.jsonl")]));
  assert.notEqual(await cluster.runArray(1, [sbatch, "jobs.json"], folder), 0);
  assert.ok(!existsSync(join(folder, "pwned")), "a word of a job was read by a shell");
  assert.notEqual(await cluster.runArray(2, ["--array=7", sbatch, "jobs.json"], folder), 0);
});
