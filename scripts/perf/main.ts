import { Command } from "commander";
import { openPuntCounter } from "../../bench/environment/punt-counter.js";
import { integer, word } from "../../terminal/option-values.js";
import { reportError } from "../../terminal/report-error.js";
import { bareNopNs, buildBareLoop } from "./bare.js";
import { PERF_RINGS } from "./contender.js";
import { type Accounting, cpuAccountingRound } from "./cpu-accounting.js";
import { inScratch } from "./in-scratch.js";
import { type PerfResults, printJson, printTables } from "./output.js";
import { countTunedFioCalls, overwriteSlice, type Slice } from "./overwrite.js";
import { puntCounterNs } from "./punt-counter.js";

/** How many writes a slice has at each depth: a few hundred milliseconds of them. */
const WRITES_BY_DEPTH = [
  { queueDepth: 1, writes: 4096 },
  { queueDepth: 8, writes: 16384 },
  { queueDepth: 32, writes: 32768 },
  { queueDepth: 128, writes: 49152 },
];
/**
 * The contenders take turns in short slices: the device changes its speed within seconds, and a ratio is only as good as its
 * two sides are near in time.
 */
const SLICES_IN_ROUND = 5;
const NOP_OPERATIONS = 1_000_000;
const NOP_DEPTHS = [1, 32];

interface PerfOptions {
  dir: string;
  rounds: string;
  ring: string;
  json?: boolean;
}

async function measure(options: PerfOptions): Promise<PerfResults> {
  const rounds = integer(options.rounds, "--rounds", 1, 1000);
  const ring = word(options.ring, PERF_RINGS, "--ring");
  return inScratch(options.dir, async ({ driver, progress, folder }) => {
    openPuntCounter(driver);
    const bareLoop = buildBareLoop(folder);
    const tools = { driver, ring, bareLoop, folder };
    const overwrites = new Map<number, Slice[]>(WRITES_BY_DEPTH.map((row) => [row.queueDepth, []]));
    const nops = new Map<number, number[]>(NOP_DEPTHS.map((depth) => [depth, []]));
    const accounting: Accounting[] = [];
    const puntCounter: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      for (let slice = round * SLICES_IN_ROUND; slice < (round + 1) * SLICES_IN_ROUND; slice += 1) {
        for (const { queueDepth, writes } of WRITES_BY_DEPTH) {
          progress.step(`round ${round + 1}/${rounds}: overwrites at depth ${queueDepth}`);
          overwrites.get(queueDepth)?.push(await overwriteSlice(tools, queueDepth, writes, slice));
        }
      }
      for (const queueDepth of NOP_DEPTHS) {
        progress.step(`round ${round + 1}/${rounds}: NOPs at depth ${queueDepth}`);
        const request = { operations: NOP_OPERATIONS, queueDepth, forced: false, countPunts: true };
        const { cpuNs } = await driver.runNops(request);
        const bareNs = bareNopNs(bareLoop, NOP_OPERATIONS, queueDepth);
        nops.get(queueDepth)?.push((cpuNs.submitter ?? 0) / NOP_OPERATIONS - bareNs);
      }
      progress.step(`round ${round + 1}/${rounds}: punt counter`);
      puntCounter.push(await puntCounterNs(driver));
      progress.step(`round ${round + 1}/${rounds}: CPU accounting`);
      const errors = cpuAccountingRound(folder);
      if (errors !== null) accounting.push(errors);
      progress.milestone(`round ${round + 1}/${rounds} done`);
    }
    const tunedFioCalls = new Map<number, number | null>();
    for (const { queueDepth, writes } of WRITES_BY_DEPTH) {
      tunedFioCalls.set(queueDepth, await countTunedFioCalls(tools, queueDepth, writes));
    }
    return { ring, overwrites, tunedFioCalls, nops, accounting, puntCounter };
  });
}

const command = new Command("perf")
  .description(
    "compares the driver with fio's io_uring engine and a bare liburing loop, in one run",
  )
  .option("-d, --dir <directory>", "where the scratch directory is made", ".")
  .option(
    "-r, --rounds <count>",
    "rounds; each has 5 slices, in which every contender runs once, in a new order",
    "8",
  )
  .option(
    "--ring <mode>",
    "how completions reach the driver and the bare loop: defer, coop or plain (fio chooses its own, which is defer)",
    "defer",
  )
  .option("--json", "print one JSON object")
  .parse();

try {
  const options = command.opts<PerfOptions>();
  const results = await measure(options);
  if (options.json) printJson(results);
  else printTables(results);
} catch (error) {
  process.exitCode = reportError("perf", error);
}
