import assert from "node:assert/strict";
import { before, test } from "node:test";
import { readJobFile } from "../../../bench/fio/job-file.js";
import type { MeasuredJob } from "../../../bench/fio/scenarios.js";
import { variantWords } from "../../../results/scenario.js";
import type { Scenario } from "../../../results/schema.js";
import { noFioShares, SHARES_FILE, shareOfFio } from "../../support/fio-share.js";
import { noPuntCounter, scratchFolder } from "../../support/kernel.js";
import { puntbench } from "../../support/puntbench.js";

const folder = scratchFolder();

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

const skip = noPuntCounter || noFioShares();
const jobs = readJobFile(SHARES_FILE, process.env).map(({ name }) => name);
let shares = new Map<string, number>();

before(async () => {
  if (!skip) shares = await measuredShares();
});

/** Share of punts of each job, as `bench --fio` measures it. */
async function measuredShares(): Promise<Map<string, number>> {
  const measured = new Map<string, number>();
  const place = ["--dir", folder, "--out", folder];
  const { code, stdout, stderr } = await puntbench([
    "bench",
    "--fio",
    SHARES_FILE,
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
    measured.set(name, same.puntRatio);
  }
  return measured;
}

for (const job of jobs) {
  test(`the share of punts of the fio job '${job}' is that of fio itself, within 1 point`, {
    skip,
  }, async () => {
    const differ = () => {
      const [ours, fio] = [shares.get(job) ?? Number.NaN, shareOfFio(folder, job)];
      return Math.abs(ours - fio) <= 0.01 ? null : `puntbench ${ours}, fio ${fio}`;
    };
    const first = differ();
    if (first === null) return;
    // Beside other writers one of the two files may get several extents, and a write across their border punts.
    shares = await measuredShares();
    assert.equal(differ(), null, `twice; first ${first}`);
  });
}
