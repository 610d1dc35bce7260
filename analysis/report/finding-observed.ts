import { quantileNs } from "../../results/durations.js";
import type { Observation, ObservedFile } from "../../results/observation.js";
import { formatPercent } from "../../terminal/percent.js";
import { formatNs } from "../../terminal/units.js";
import { groupBy } from "../cells/group-by.js";
import type { Analysis } from "../loading/analysis.js";

/** A smaller share of a program's punts is not worth a sentence. */
const LEAST_SHARE = 0.05;
const MOST_CURES = 3;

/** Requests that an io-wq worker executed. */
export function inWorkers({ punts, forced, drained, chained }: ObservedFile): number {
  return punts + forced + drained + chained;
}

/** One sentence for each program, for the top of the report. */
export function observedFindings({ observed }: Analysis): string[] {
  return observed.flatMap(({ observation }) => observedSentences(observation).slice(0, 2));
}

/** What one program did, the most important first. */
export function observedSentences(observation: Observation): string[] {
  return [
    sharedSentence(observation),
    ...cureSentences(observation),
    ...latencySentences(observation),
    stallSentence(observation),
  ];
}

function sharedSentence({ program, process, files, workerCpuNs, wallNs }: Observation): string {
  const requests = sum(files.map((file) => file.requests));
  const workers = sum(files.map(inWorkers));
  if (requests === 0) return `${program} (${process}) completed no io_uring request.`;
  const name = `${program} (${process}) sent ${withCommas(requests)} io_uring requests`;
  if (workers === 0) return `${name}, and none of them went to a worker.`;
  const cpu = (workerCpuNs / wallNs).toFixed(2);
  return `${name}, and ${formatPercent(workers / requests)} of them were executed by io-wq workers, which used at least ${cpu} CPUs.`;
}

function cureSentences({ files }: Observation): string[] {
  const all = sum(files.map(inWorkers));
  const shares = files.flatMap((file) => {
    const lookedAt = sum(file.causes.map(({ punts }) => punts));
    return file.causes.flatMap(({ curedBy, punts }) =>
      curedBy === null ? [] : [{ curedBy, share: (inWorkers(file) * punts) / lookedAt / all }],
    );
  });
  return [...groupBy(shares, ({ curedBy }) => curedBy)]
    .map(([curedBy, found]) => ({ curedBy, share: sum(found.map(({ share }) => share)) }))
    .filter(({ share }) => share >= LEAST_SHARE)
    .sort((a, b) => b.share - a.share)
    .slice(0, MOST_CURES)
    .map(({ curedBy, share }) => `Cure for ${formatPercent(share)} of the punts: ${curedBy}.`);
}

/** Of the file whose punts are most. */
function latencySentences({ files }: Observation): string[] {
  const [dearest] = [...files].sort((a, b) => inWorkers(b) - inWorkers(a));
  if (dearest === undefined) return [];
  const punted = quantileNs(dearest.puntedLatencies, 0.99);
  const inline = quantileNs(dearest.inlineLatencies, 0.99);
  if (punted === null || inline === null) return [];
  return [
    `${dearest.file}, ${dearest.operation}: 99 % of the punted requests took at most ${formatNs(punted)}, of the inline ones ${formatNs(inline)}.`,
  ];
}

function stallSentence({ stalls, wallNs }: Observation): string {
  if (stalls === null) {
    return "Whether its submitting threads were blocked is unknown: this needs Linux 5.15 or newer.";
  }
  if (stalls.long === 0) return "No submitting thread was blocked for more than 1 ms.";
  const rate = ((stalls.long / wallNs) * 1e9).toFixed(1);
  return `Submitting threads were blocked for more than 1 ms ${withCommas(stalls.long)} times (${rate}/s, max ${formatNs(stalls.maxNs)}).`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function withCommas(count: number): string {
  return count.toLocaleString("en-US");
}
