import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Replay } from "../../../bench/replay/outcome.js";
import { packageRoot } from "../../../terminal/package-root.js";
import { noFioShares, shareOfFio } from "../../support/fio-share.js";
import { noPuntCounter, scratchFolder } from "../../support/kernel.js";
import { puntbench } from "../../support/puntbench.js";
import { tryToWatch } from "../../support/watching.js";

/*
 * For guests: recordings of the jobs in shares.fio, made on another kernel. fio-replays.guests.test.ts puts them here and
 * runs this file in a guest. Without recordings there is nothing to compare.
 */
const RECORDINGS = join(packageRoot(), "dist", "test", "recordings");
const folder = scratchFolder();
const { watch, skip: noWatch } = tryToWatch();
watch?.close();
const jobs = existsSync(RECORDINGS)
  ? readdirSync(RECORDINGS).map((name) => name.replace(".pbrec", ""))
  : [];
const skip = noPuntCounter || noFioShares() || noWatch;

for (const job of jobs) {
  test(`a replay of the fio job '${job}' punts as fio itself does here, within 2 points`, {
    skip,
  }, async (context) => {
    const recording = join(RECORDINGS, `${job}.pbrec`);
    const place = ["--dir", folder, "--out", folder];
    const args = ["replay", recording, ...place, "--pace", "as-fast-as-possible", "--json"];
    const { code, stdout, stderr } = await puntbench(args);
    assert.equal(code, 0, stderr);
    const { operations }: Replay = JSON.parse(stdout);
    let [requests, punts, recorded] = [0, 0, 0];
    for (const operation of operations) {
      requests += operation.requests;
      punts += operation.requests * (operation.puntRatio ?? Number.NaN);
      recorded += operation.requests * operation.recordedPuntRatio;
    }
    const [share, before] = [punts / requests, recorded / requests];
    const fio = shareOfFio(folder, job);
    const percents = [before, share, fio].map((ratio) => (100 * ratio).toFixed(2));
    const words = `${job}: recorded ${percents[0]} %, replayed ${percents[1]} %, fio ${percents[2]} %`;
    context.diagnostic(words);
    assert.ok(Math.abs(share - fio) <= 0.02, words);
  });
}
