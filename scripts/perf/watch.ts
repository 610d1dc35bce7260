import { Command } from "commander";
import { integer } from "../../terminal/option-values.js";
import { reportError } from "../../terminal/report-error.js";
import { inScratch } from "./in-scratch.js";
import { printFigures } from "./output.js";
import { type Figure, figure } from "./promises.js";
import { type WatchUse, watchUse } from "./watch-process.js";
import { type Pair, pairOf, type Stream, streamsOf } from "./watched-load.js";

const FILES = 1000;

interface WatchPerfOptions {
  dir: string;
  rounds: string;
  sample: string;
  json?: boolean;
}

async function measure(options: WatchPerfOptions): Promise<Figure[]> {
  const rounds = integer(options.rounds, "--rounds", 1, 1000);
  const sampleShift = Math.log2(integer(options.sample, "--sample", 1, 65_536));
  return inScratch(options.dir, async ({ driver, progress, folder }) => {
    const tools = { driver, folder, sampleShift };
    const streams = streamsOf(driver);
    const pairs = new Map<Stream, Pair[]>(streams.map((stream) => [stream, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const stream of streams) {
        progress.step(`round ${round + 1}/${rounds}: ${stream.name}`);
        pairs.get(stream)?.push(await pairOf(tools, stream, round));
      }
      progress.milestone(`round ${round + 1}/${rounds} done`);
    }
    progress.step(`watch itself, with ${FILES} files`);
    return [
      ...streams.flatMap((stream) => streamFigures(stream, pairs.get(stream) ?? [])),
      ...useFigures(await watchUse(folder, FILES)),
    ];
  });
}

/** Ratios and differences within a round, so that a disturbance of the machine affects both. */
function streamFigures({ name, punts }: Stream, pairs: readonly Pair[]): Figure[] {
  const iops = pairs.map(({ watched, unwatched }) => watched.iops / unwatched.iops);
  const addedNs = pairs.map(
    ({ watched, unwatched }) => watched.cpuNsPerWrite - unwatched.cpuNsPerWrite,
  );
  // A NOP takes no longer than watching it does: only the time that is added says something.
  const isNop = name.startsWith("NOPs");
  const bound = punts ? 0.95 : 0.97;
  const lost = pairs.map((pair) => pair.lost);
  return [
    figure(`${name}: IOPS watched / unwatched`, iops, isNop ? null : { at: "least", bound }),
    figure(`${name}: CPU ns added per write`, addedNs, punts ? null : { at: "most", bound: 150 }),
    figure(`${name}: lost`, lost, { at: "most", bound: 0 }),
    ...(punts
      ? [
          figure(
            `${name}: punts/s`,
            pairs.map((pair) => pair.puntsPerSecond),
          ),
        ]
      : []),
  ];
}

function useFigures({ cpus, mapBytes }: WatchUse): Figure[] {
  return [
    figure(`watch itself, ${FILES} files: CPUs`, [cpus], { at: "most", bound: 0.01 }),
    figure("maps in the kernel: MiB", [mapBytes / 2 ** 20]),
  ];
}

const command = new Command("perf:watch")
  .description("what `puntbench watch` costs the programs that it watches, and itself")
  .option("-d, --dir <directory>", "where the scratch directory is made", ".")
  .option("-r, --rounds <count>", "rounds; each runs every stream watched and unwatched", "9")
  .option("--sample <count>", "measure the latency of one request in this many", "16")
  .option("--json", "print one JSON object")
  .parse();

try {
  const options = command.opts<WatchPerfOptions>();
  printFigures(await measure(options), options.json ?? false);
} catch (error) {
  process.exitCode = reportError("perf:watch", error);
}
