import { shellWord } from "../../terminal/quote.js";
import type { Run } from "../cells/run.js";
import type { Analysis } from "../loading/analysis.js";
import { list, type Section, text } from "./model.js";
import { MANY_RUNS } from "./runs-section.js";

const METHOD: readonly string[] = [
  "A punt is a request that the kernel hands to an io-wq worker thread because the filesystem answered -EAGAIN to the non-blocking attempt. Punts are counted by the kernel's own tracepoint, for the ring of the trial only.",
  "A trial creates a fresh file, prepares it, waits for the disk, writes every block exactly once at the chosen queue depth, and deletes the file. Nothing is written twice, because a second write meets another preparation.",
  "Rounds run every scenario once in a shuffled order whose seed is recorded, so that drift hits all alike.",
  "Values are medians over trials; with several boots, medians of the boots' medians. So p99 is the median of the trials' p99. Only the chart of latency by percentile puts all writes of all trials together, because one trial has too few writes for its tail.",
  "The interval of a median is a pair of order statistics that holds the true median with at least 95 %. With fewer than six trials (or boots, where there are several) it is their range, which holds the true median with 50 % (two), 75 % (three), 87.5 % (four) or 93.75 % (five). Tables and charts say which.",
  "A change is the ratio of the two medians. Within one run its interval is computed from the ratios of each round (Hodges-Lehmann estimate, bootstrap, Student's t); across kernels from the medians of the boots (Welch's t). It is widened where needed until it holds the ratio of the medians. Across kernels a verdict needs three boots on each side; only punts are certain with fewer boots, where all writes of all trials punt, or none.",
  'Better or worse means that the interval excludes "no change" and the change is at least 5 %; slightly better or worse, that the change is smaller; within 10 %, that the interval excludes larger changes. Intervals that exclude "no change" are widened to the level at which all verdicts of the comparison together are false in at most 5 % (Benjamini-Hochberg, Benjamini-Yekutieli).',
  "CPU per write is that of the submitting thread and of the ring's io-wq workers, each read per thread. The rest of the system holds whatever else ran on the machine, completion workers and other programs alike.",
  "Latency counts from submission to the reaped completion; in paced runs from the moment the write was due, so a late start is charged (no coordinated omission).",
  "What could not be measured is shown as not measured, never as zero. Under software emulation counts are exact and times mean nothing.",
];

export function methodSection(): Section {
  return { id: "method", title: "Method", blocks: [list(METHOD)] };
}

const EACH_WITH_SEED =
  "Each command repeats a run with its seed, on the same kernel; the last one draws this report.";
const EACH_ONCE =
  "Each command repeats some of the runs on the same kernel, with a seed of its own; those of the runs are in the table below. The last one draws this report.";

/** The commands that make these results and this report again. */
export function repeatSection({ runs }: Analysis, out: string): Section {
  const many = runs.length > MANY_RUNS;
  const lines = runs.map((run) => `# ${whereOf(run)}\n${repeatCommand(run, !many)}`);
  return {
    id: "repeat",
    title: "To repeat this",
    blocks: [
      text(many ? EACH_ONCE : EACH_WITH_SEED),
      {
        kind: "code",
        text: [...new Set(lines), `puntbench report --out ${shellWord(out)}`].join("\n"),
      },
    ],
  };
}

function whereOf({ header }: Run): string {
  const { lab } = header.environment;
  return lab
    ? `${header.kernelLabel}, inside a guest of puntbench lab (${lab.kernelPackage} ${lab.kernelPackageVersion}, ${lab.accelerator})`
    : header.kernelLabel;
}

/** The recorded command line; `withSeed`: with the seed that it resolved to. */
function repeatCommand({ header }: Run, withSeed: boolean): string {
  const recorded =
    header.commandLine[0] === "puntbench" ? header.commandLine.slice(1) : header.commandLine;
  const words = ["puntbench", ...recorded.map(shellWord)];
  // A watch has no seed.
  const hasSeed = header.rounds === 0 || recorded.some((word) => word.startsWith("--seed"));
  if (withSeed && !hasSeed) words.push("--seed", String(header.seed));
  return words.join(" ");
}
