import { CAUSE_WORDS } from "../../results/cause-words.js";
import type { ReplayLine } from "../../results/replay.js";
import { formatPercent } from "../../terminal/percent.js";
import { plural } from "../../terminal/plural.js";
import { numberColumns, textColumns } from "../../terminal/table.js";
import { formatBytes, formatNs } from "../../terminal/units.js";
import { joined } from "../../terminal/words.js";
import { causeShares } from "../cells/cause-shares.js";
import { workloadFigure } from "../chart-data/workload-rows.js";
import { BOOTS_MIN } from "../estimates/change.js";
import {
  disagreements,
  type OperationAt,
  type Place,
  type Workload,
  type WorkloadOperation,
  workloads,
} from "../estimates/workload.js";
import type { Analysis } from "../loading/analysis.js";
import { disagreementSentences, workloadSentences } from "./finding-workload.js";
import { type Block, chartBlock, fold, list, type Section, table, text } from "./model.js";
import { workloadTimes } from "./workload-times.js";
import { verdictTable } from "./workload-verdicts.js";

/** A browser must not break a number from its unit. */
const UNBROKEN_SPACE = "\u00a0";
const MOST_WORKLOADS = 5;
const MOST_OPERATIONS = 30;

/** What the requests of each recording would do on other kernels. */
export function workloadSections({ replayed }: Analysis): Section[] {
  const all = workloads(replayed);
  return all.slice(0, MOST_WORKLOADS).map((workload, index): Section => {
    const program = programOf(workload);
    const name = all.length > 1 ? `: ${program}` : "";
    return {
      id: `workload-${index + 1}`,
      title: `Your workload on other kernels${name}`,
      blocks: blocksOf(workload, index + 1),
    };
  });
}

function programOf({ recording: { programs } }: Workload): string {
  return programs.length === 0 ? "the recorded program" : programs.slice(0, 3).join(", ");
}

function blocksOf(workload: Workload, number: number): Block[] {
  const replays = workload.places.flatMap(({ replays: of }) => of);
  const wrong = disagreementSentences(disagreements(replays));
  const shown = workload.operations.slice(0, MOST_OPERATIONS);
  const more = workload.operations.length - shown.length;
  const evidence = evidenceLines(workload);
  const cautions = cautionLines(workload);
  return [
    ...(wrong.length > 0 ? [list(wrong)] : []),
    text(aboutWords(workload)),
    list(workloadSentences(workload)),
    chartBlock(workloadFigure(workload, programOf(workload), number)),
    puntTable(workload, shown),
    ...(more > 0
      ? [text(`${plural(more, "more file")} and operations are in the results files.`)]
      : []),
    ...verdictBlocks(workload),
    ...workloadTimes(workload),
    ...(evidence.length > 0 ? [fold("Every cause, with evidence and cure", list(evidence))] : []),
    ...(cautions.length > 0 ? [list(cautions)] : []),
  ];
}

function aboutWords(workload: Workload): string {
  const { recording, operations, places } = workload;
  const requests = operations.reduce((sum, { recorded }) => sum + recorded.requests, 0);
  const lasted = recording.durationNs === null ? "" : ` over ${formatNs(recording.durationNs)}`;
  const names = recording.anonymised ? "; names of files were left out" : "";
  const day = recording.startedAt.slice(0, 10);
  return (
    `\`puntbench record\` wrote down ${plural(requests, "request")} of ${programOf(workload)} on ${recording.kernelRelease}${lasted} ` +
    `(${day}${names}; SHA-256 ${recording.sha256.slice(0, 12)}). \`puntbench replay\` made the files anew in their recorded state ` +
    `and issued the same requests on ${placesWords(places)}. Requests and punts are counted in the kernel, exactly; causes are ` +
    "those of a sample of the punts."
  );
}

/** "6.1 and 7.3 (1 boot each)". */
function placesWords(places: readonly Place[]): string {
  const counts = new Set(places.map(({ boots }) => boots));
  if (counts.size > 1) {
    return joined(places.map(({ name, boots }) => `${name} (${plural(boots, "boot")})`));
  }
  const each = places.length === 1 ? "" : " each";
  return `${joined(places.map(({ name }) => name))} (${plural(places[0]?.boots ?? 0, "boot")}${each})`;
}

function puntTable({ places }: Workload, shown: readonly WorkloadOperation[]): Block {
  const columns = [
    ...textColumns("file", "operation"),
    ...numberColumns("requests"),
    ...textColumns("recorded", ...places.map(({ name }) => name)),
  ];
  const rows = shown.map((operation) => [
    operation.file,
    operationWords(operation),
    operation.recorded.requests.toLocaleString("en"),
    ratioWords(operation.recordedRatio, operation.recorded.causes),
    ...operation.at.map(atWords),
  ]);
  return table(columns, rows);
}

function operationWords({ operation, bytesPerRequest }: WorkloadOperation): string {
  if (bytesPerRequest === null) return operation;
  return `${operation} ${formatBytes(bytesPerRequest)}`.replaceAll(" ", UNBROKEN_SPACE);
}

function atWords({ puntRatio, causes }: OperationAt): string {
  return puntRatio === null ? "not seen" : ratioWords(puntRatio, causes);
}

function ratioWords(ratio: number, causes: OperationAt["causes"]): string {
  const shares = ratio === 0 ? "" : causeShares(causes);
  const words = shares === "" ? formatPercent(ratio) : `${formatPercent(ratio)}: ${shares}`;
  return words.replaceAll(" %", `${UNBROKEN_SPACE}%`);
}

function verdictBlocks(workload: Workload): Block[] {
  const { base } = workload;
  if (base === null) {
    return [text("It was replayed on one kernel only: nothing can be compared.")];
  }
  const found = verdictTable(workload, base);
  if (found !== null) return [fold(`Every verdict, against ${base.name}`, found)];
  return [
    text(
      `Against ${base.name} no file shows a difference that could be judged: not enough data. A verdict needs ${BOOTS_MIN} boots of each kernel (\`puntbench lab --boots ${BOOTS_MIN} --replay\`), or a file of which all requests punt, or none.`,
    ),
  ];
}

function evidenceLines({ operations }: Workload): string[] {
  return operations.flatMap(({ file, operation, at }) =>
    at.flatMap(({ place, causes }) =>
      causes.map(({ cause, punts, evidence, curedBy }) => {
        const cure = curedBy === null ? "no cure is known" : `cure: ${curedBy}`;
        return `${place.name}: ${file}, ${operation}: ${CAUSE_WORDS[cause]} (${plural(punts, "punt")} looked at): ${evidence}; ${cure}.`;
      }),
    ),
  );
}

/** What makes the replays less than the recording, each once. */
function cautionLines({ recording, places }: Workload): string[] {
  const lines = places.flatMap(({ name, replays }) =>
    replays.flatMap(({ replay }) => cautionsOf(replay).map((words) => `${name}: ${words}`)),
  );
  const { damage, lostEvents } = recording;
  return [
    ...(damage === null
      ? []
      : [`The recording is damaged: ${damage}. What stands before that was used.`]),
    ...(lostEvents === null || lostEvents > 0
      ? [
          `The recorder lost ${lostEvents ?? "an unknown number of"} events: requests may be missing.`,
        ]
      : []),
    ...new Set(lines),
  ];
}

function cautionsOf({ leftOut, filesOfUnknownState, files, systemCalls }: ReplayLine): string[] {
  const failed = files.reduce((sum, file) => sum + file.failed, 0);
  return [
    ...leftOut.map(
      ({ reason, requests }) => `${plural(requests, "request")} left out, because ${reason}.`,
    ),
    ...(failed > 0 ? [`${plural(failed, "request")} failed.`] : []),
    ...(systemCalls.failed > 0 ? [`${plural(systemCalls.failed, "system call")} failed.`] : []),
    ...filesOfUnknownState.map(
      (file) => `the state of ${file} is not in the recording; it was taken as written.`,
    ),
  ];
}
