import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { findProgram } from "../../../terminal/find-program.js";
import { driver, scratchFolder } from "../../support/kernel.js";

const folder = scratchFolder();
const skip = findProgram("fio") === null && "SKIPPED, needs fio: ./scripts/bootstrap --dev";
const BLOCKS = 4096;
const SEEDS = [1, 2, 3];

/** Block numbers in the order in which fio writes them, by its own log. */
function orderOfFio(seed: number, generator: string): number[] {
  const log = join(folder, `${generator}-${seed}`);
  const size = BLOCKS * 512;
  const job = ["--name=order", "--ioengine=psync", "--rw=randwrite", "--bs=512", `--size=${size}`];
  const how = [`--randseed=${seed}`, `--random_generator=${generator}`, `--write_iolog=${log}`];
  execFileSync("fio", [...job, ...how, `--directory=${folder}`], { stdio: "ignore" });
  const writes = [...readFileSync(log, "utf8").matchAll(/ write (\d+) 512$/gm)];
  return writes.map(([, offset]) => Number(offset) / 512);
}

/** Of the last quarter of the requests, the share that are the first to their pair of blocks. */
function lateFirsts(order: readonly number[]): number {
  const met = new Set<number>();
  const firsts = order.map((block) => {
    const pair = Math.floor(block / 2);
    return !met.has(pair) && Boolean(met.add(pair));
  });
  const late = firsts.slice((order.length * 3) / 4);
  return late.filter(Boolean).length / late.length;
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

for (const [generator, order] of [
  ["tausworthe", "random-next"],
  ["lfsr", "random"],
] as const) {
  test(`the order '${order}' meets new blocks as late as fio's generator '${generator}'`, {
    skip,
  }, () => {
    const ours = SEEDS.map((seed) => [...driver.randomOrder(order, BLOCKS, seed)]);
    const fio = SEEDS.map((seed) => orderOfFio(seed, generator));
    const all = Array.from({ length: BLOCKS }, (_, block) => block);
    for (const each of [...ours, ...fio]) {
      assert.deepEqual(
        [...each].sort((a, b) => a - b),
        all,
        "every block once",
      );
    }
    const [late, lateOfFio] = [mean(ours.map(lateFirsts)), mean(fio.map(lateFirsts))];
    // The two orders differ by 0.13; three seeds by 0.02.
    assert.ok(Math.abs(late - lateOfFio) < 0.04, `puntbench ${late}, fio ${lateOfFio}`);
  });
}
