import { quantileNs } from "../../results/durations.js";
import type { Durations, Observation, ObservedFile } from "../../results/observation.js";
import { formatPercent } from "../../terminal/percent.js";
import { numberColumns, textColumns } from "../../terminal/table.js";
import { formatBytes, formatNs, formatRate } from "../../terminal/units.js";
import { causeShares } from "../cells/cause-shares.js";
import type { Observed } from "../cells/observed.js";
import { observedFigure } from "../chart-data/observed-rows.js";
import type { Analysis } from "../loading/analysis.js";
import { inWorkers, observedSentences } from "./finding-observed.js";
import { type Block, chartBlock, fold, list, type Section, table, text } from "./model.js";

/** Programs with a section; the table of the others would be longer than the rest of the report. */
const MOST_PROGRAMS = 10;
const MOST_FILES = 30;

const METHOD =
  "Requests and punts are counted in the kernel, exactly. Latencies and causes are those of a sample. A percentile is the upper end of a bucket that is a fifth to a quarter of its value wide.";

/** What each watched program did: those first whose requests went to workers most often. */
export function observedSections({ observed }: Analysis): Section[] {
  const dearest = [...observed].sort((a, b) => workersOf(b) - workersOf(a));
  const nameOf = ({ observation, host }: Observed) => `${observation.program} ${host ?? ""}`;
  const names = dearest.map(nameOf);
  return dearest.slice(0, MOST_PROGRAMS).map((one, index): Section => {
    const { program, process } = one.observation;
    const several = names.filter((name) => name === nameOf(one)).length > 1;
    const where = one.host === null ? "" : ` on ${one.host}`;
    const title = `What ${program}${several ? ` (${process})` : ""} did${where}`;
    return { id: `observed-${index + 1}`, title, blocks: blocksOf(one, index + 1) };
  });
}

function blocksOf({ subject, observation }: Observed, number: number): Block[] {
  const { wallNs, sampled, files } = observation;
  const shown = files.slice(0, MOST_FILES);
  const more = files.length - shown.length;
  const evidence = evidenceLines(observation);
  const figure = observedFigure(observation, subject, number);
  return [
    text(
      `\`puntbench watch\` looked at it for ${formatNs(wallNs)} on ${subject.kernelLabel}. ${METHOD} ${sampledWords(sampled)}`,
    ),
    list(observedSentences(observation)),
    ...(figure === null ? [] : [chartBlock(figure)]),
    ...(shown.length > 0 ? [tableOf(shown, observation)] : []),
    ...(more > 0 ? [text(`${more} more files and operations are in the results file.`)] : []),
    ...(evidence.length > 0 ? [fold("Every cause, with evidence and cure", list(evidence))] : []),
  ];
}

function tableOf(files: readonly ObservedFile[], observation: Observation): Block {
  return table(
    COLUMNS.map(({ column }) => column),
    files.map((file) => COLUMNS.map(({ cell }) => cell(file, observation))),
  );
}

function sampledWords(sampled: number): string {
  return sampled === 1
    ? "Every request has its latency."
    : `1 request in ${sampled} has its latency.`;
}

interface ObservedColumn {
  column: ReturnType<typeof textColumns>[number];
  cell: (file: ObservedFile, observation: Observation) => string;
}

const COLUMNS: readonly ObservedColumn[] = [
  left("file", ({ file }) => file),
  left("operation", ({ operation, bytesPerRequest }) =>
    bytesPerRequest === null ? operation : `${operation} ${formatBytes(bytesPerRequest)}`,
  ),
  right("requests/s", ({ requests }, { wallNs }) => formatRate((requests / wallNs) * 1e9)),
  right("in workers", (file) => formatPercent(inWorkers(file) / file.requests)),
  left("cause", ({ causes }) => causeShares(causes) || "-"),
  right("inline p99", ({ inlineLatencies }) => p99(inlineLatencies)),
  right("punted p99", ({ puntedLatencies }) => p99(puntedLatencies)),
  right("io-wq CPU", ({ workerCpuNs }, { wallNs }) =>
    workerCpuNs === null ? "unknown" : formatPercent(workerCpuNs / wallNs),
  ),
  right("failed", ({ failed }) => String(failed)),
];

function left(title: string, cell: ObservedColumn["cell"]): ObservedColumn {
  return { column: textColumns(title)[0] as ObservedColumn["column"], cell };
}

function right(title: string, cell: ObservedColumn["cell"]): ObservedColumn {
  return { column: numberColumns(title)[0] as ObservedColumn["column"], cell };
}

function p99(durations: Durations): string {
  const ns = quantileNs(durations, 0.99);
  return ns === null ? "-" : formatNs(ns);
}

function evidenceLines({ files }: Observation): string[] {
  return files.flatMap(({ file, operation, causes }) =>
    causes.map(({ cause, punts, evidence, curedBy }) => {
      const cure = curedBy === null ? "no cure is known" : `cure: ${curedBy}`;
      return `${file}, ${operation}: ${cause} (${punts} punts looked at): ${evidence}; ${cure}.`;
    }),
  );
}

function workersOf({ observation }: Observed): number {
  return observation.files.reduce((sum, file) => sum + inWorkers(file), 0);
}
