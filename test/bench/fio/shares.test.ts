import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { readJobFile } from "../../../bench/fio/job-file.js";
import type { MeasuredJob } from "../../../bench/fio/scenarios.js";
import { variantWords } from "../../../results/scenario.js";
import type { Scenario } from "../../../results/schema.js";
import { findProgram } from "../../../terminal/find-program.js";
import { packageRoot } from "../../../terminal/package-root.js";
import { noPuntCounter, scratchFolder } from "../../support/kernel.js";
import { puntbench } from "../../support/puntbench.js";

const FILE = join(packageRoot(), "test", "bench", "fio", "shares.fio");
const EVENT = "io_uring:io_uring_queue_async_work";
const folder = scratchFolder();

/** Why perf cannot count the tracepoint here. */
function noPerf(): string | false {
  if (findProgram("fio") === null) return "SKIPPED, needs fio: ./scripts/bootstrap --dev";
  try {
    execFileSync("perf", ["stat", "-e", EVENT, "true"], { stdio: "ignore" });
    return false;
  } catch {
    return "SKIPPED, perf cannot count the tracepoint here (apt-get install linux-perf)";
  }
}

/** What a row of the summary has of its scenario. */
const SHOWN = [
  "preparation",
  "arm",
  "order",
  "queueDepth",
  "blockSizeBytes",
  "intervalNs",
  "registeredBuffers",
] as const;

const skip = noPuntCounter || noPerf();
const jobs = readJobFile(FILE, process.env).map(({ name }) => name);
/** Share of punts of each job, as `bench --fio` measured it. */
const shares = new Map<string, number>();

before(async () => {
  if (skip) return;
  const place = ["--dir", folder, "--out", folder];
  const { code, stdout, stderr } = await puntbench([
    "bench",
    "--fio",
    FILE,
    "--rounds",
    "1",
    "--json",
    ...place,
  ]);
  assert.equal(code, 0, stderr);
  const report = JSON.parse(stdout) as {
    jobs: MeasuredJob[];
    scenarios: ({ puntRatio: number; stream: string | null } & Scenario)[];
  };
  for (const { name, scenario } of report.jobs) {
    const same = report.scenarios.find(
      (found) =>
        SHOWN.every((key) => found[key] === scenario[key]) &&
        found.stream === (variantWords(scenario).join(", ") || null),
    );
    assert.ok(same, name);
    shares.set(name, same.puntRatio);
  }
});

/** In a group the share is that of the writes: its sync always punts. IORING_OP_FSYNC is 3. */
const filter = (job: string) => (job.startsWith("synced") ? ["--filter", "opcode != 3"] : []);

/** Punts of fio's own processes, over the requests that fio reports. */
function shareOfFio(job: string): number {
  const counts = join(folder, `${job}.perf`);
  const report = join(folder, `${job}.json`);
  const fio = [
    "fio",
    `--section=${job}`,
    `--directory=${folder}`,
    "--output-format=json",
    `--output=${report}`,
    FILE,
  ];
  execFileSync("perf", ["stat", "-x,", "-o", counts, "-e", EVENT, ...filter(job), ...fio], {
    cwd: folder,
  });
  const punts = /^(\d+),,io_uring:/m.exec(readFileSync(counts, "utf8"))?.[1];
  const { read, write } = JSON.parse(readFileSync(report, "utf8")).jobs[0];
  const requests = read.total_ios + write.total_ios;
  assert.ok(punts !== undefined && requests > 0, job);
  return Number(punts) / requests;
}

for (const job of jobs) {
  test(`the share of punts of the fio job '${job}' is that of fio itself, within 1 point`, {
    skip,
  }, () => {
    const [ours, fio] = [shares.get(job) ?? Number.NaN, shareOfFio(job)];
    assert.ok(Math.abs(ours - fio) <= 0.01, `puntbench ${ours}, fio ${fio}`);
  });
}
