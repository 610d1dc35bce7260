import { shellWord } from "../../terminal/quote.js";
import { textColumns } from "../../terminal/table.js";
import type { Run } from "../cells/run.js";
import type { Analysis } from "../loading/analysis.js";
import { fold, list, type Section, table, text } from "./model.js";
import { provenance } from "./provenance.js";

const METHOD: readonly string[] = [
  "A punt is a request that the kernel hands to an io-wq worker thread because the filesystem answered -EAGAIN to the non-blocking attempt. Punts are counted by the kernel's own tracepoint, for the ring of the trial only.",
  "A trial creates a fresh file, prepares it, waits for the disk, writes every block exactly once at the chosen queue depth, and deletes the file. Nothing is written twice, because a second write meets another preparation.",
  "Rounds run every scenario once in a shuffled order whose seed is recorded, so that drift hits all alike.",
  "Values are medians over trials; with several boots, medians of the boots' medians. Latency quantiles come from the merged histograms of all trials. Intervals are 95 % bootstrap intervals: of trials within one boot, of boots when there are several. With five trials or fewer an interval of a median is their range.",
  "Changes are Hodges-Lehmann estimates, the middle of all pairwise ratios, which one disturbed trial sways less than the quotient of two medians: paired by round within a run, by boot across runs with several boots, else by trial. A verdict needs an interval clear of no change, a change of at least 5 %, and survives the Benjamini-Hochberg procedure over all verdicts of the comparison.",
  "CPU per write is that of the submitting thread and of the ring's io-wq workers, each read per thread. The rest of the system holds whatever else ran on the machine, completion workers and other programs alike.",
  "Latency counts from submission to the reaped completion; in paced runs from the moment the write was due, so a late start is charged (no coordinated omission).",
  "What could not be measured is shown as not measured, never as zero. Under software emulation counts are exact and times mean nothing.",
];

export function methodSection(): Section {
  return { id: "method", title: "Method", blocks: [list(METHOD)] };
}

/** The commands that make these results and this report again. */
export function repeatSection(analysis: Analysis, out: string): Section {
  const lines = analysis.runs.map((run) => `# ${whereOf(run)}\n${repeatCommand(run)}`);
  return {
    id: "repeat",
    title: "To repeat this",
    blocks: [
      text(
        "Each command repeats a run with its seed, on the same kernel; the last one draws this report.",
      ),
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

/** The recorded command line, with the seed and the label that it resolved to. */
function repeatCommand({ header }: Run): string {
  const recorded =
    header.commandLine[0] === "puntbench" ? header.commandLine.slice(1) : header.commandLine;
  const words = ["puntbench", ...recorded.map(shellWord)];
  if (!recorded.some((word) => word.startsWith("--seed")))
    words.push("--seed", String(header.seed));
  return words.join(" ");
}

/** Where every run comes from, so that a reader can judge it and repeat it. */
export function runsSection(analysis: Analysis): Section {
  return {
    id: "runs",
    title: "Runs",
    blocks: [
      text("Each run is one results file: one machine, one boot, one configuration."),
      ...analysis.runs.map((run) =>
        fold(runTitle(run), table(textColumns("what", "value"), provenance(run))),
      ),
    ],
  };
}

function runTitle({ header, complete }: Run): string {
  const { filesystem, device } = header.environment;
  const state = complete ? "" : " (incomplete)";
  return `${header.kernelLabel}: ${filesystem.type} on ${device.name ?? "an unknown device"}, ${header.startedAt}${state}`;
}
