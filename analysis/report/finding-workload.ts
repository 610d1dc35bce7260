import { CAUSE_WORDS } from "../../results/cause-words.js";
import { AGREEMENT_RATIO } from "../../results/replay.js";
import { formatPercent } from "../../terminal/percent.js";
import { joined, percentRange } from "../../terminal/words.js";
import { groupBy } from "../cells/group-by.js";
import {
  type Disagreement,
  disagreements,
  isFrequent,
  type OperationAt,
  type Workload,
  type WorkloadOperation,
  workloads,
} from "../estimates/workload.js";
import type { Analysis } from "../loading/analysis.js";

const MOST_FILES = 3;
const MOST_DISAGREEMENTS = 3;

/** For the top of the report: first that a replay cannot be believed, then what each kernel would do. */
export function workloadFindings({ replayed }: Analysis): string[] {
  return [
    ...disagreementSentences(disagreements(replayed)),
    ...workloads(replayed).flatMap((workload) => workloadSentences(workload)),
  ];
}

/** Where the same kernel and filesystem gave something else than what was recorded, and by how much. */
export function disagreementSentences(found: readonly Disagreement[]): string[] {
  const shown = found.slice(0, MOST_DISAGREEMENTS).map(disagreementSentence);
  const more = found.length - shown.length;
  return more > 0 ? [...shown, `${more} more replayed files differ from the recording.`] : shown;
}

function disagreementSentence({ file, replayed, recordedRatio, puntRatio }: Disagreement): string {
  const what = `the ${file.operation} requests to ${file.file}`;
  const on = `A replay does not agree with its recording on the same kernel (${replayed.kernelRelease}): of ${what}`;
  const recorded = `${formatPercent(recordedRatio)} punted when they were recorded`;
  if (puntRatio === null) return `${on} ${recorded}; in the replay none were seen.`;
  const points = (Math.abs(puntRatio - recordedRatio) * 100).toFixed(1);
  return `${on} ${recorded}, and ${formatPercent(puntRatio)} in the replay, ${points} points ${puntRatio > recordedRatio ? "more" : "fewer"}. What it says of other kernels may be wrong by as much.`;
}

/** What each kernel would do with the recorded requests, most punts first; kernels that change nothing share a sentence. */
export function workloadSentences(workload: Workload): string[] {
  const { places, operations } = workload;
  const frequent = operations.filter(isFrequent);
  const calm: string[] = [];
  const told = places.flatMap(({ name }, index) => {
    const seen = frequent.map((operation) => ({
      operation,
      at: operation.at[index] as OperationAt,
    }));
    const changed = seen.filter(isChanged);
    if (changed.length === 0 && seen.some(({ at }) => at.puntRatio !== null)) calm.push(name);
    return [...groupBy(changed, groupOf).values()].map((group) => ({ name, group }));
  });
  const sentences = told
    .sort((a, b) => puntsAdded(b.group) - puntsAdded(a.group))
    .map(({ name, group }) => changeSentence(name, group));
  return calm.length === 0 ? sentences : [...sentences, calmSentence(calm, frequent)];
}

interface Seen {
  operation: WorkloadOperation;
  at: OperationAt;
}

/** A replay may differ by as much on the kernel of its recording. */
function isChanged({ operation, at }: Seen): boolean {
  if (at.puntRatio === null) return false;
  return Math.abs(at.puntRatio - operation.recordedRatio) > AGREEMENT_RATIO;
}

/** Told in one sentence: the same operation, cause and direction. */
function groupOf({ operation, at }: Seen): string {
  const more = (at.puntRatio ?? 0) > operation.recordedRatio;
  return `${operation.operation} ${more} ${more ? at.causes[0]?.cause : ""}`;
}

function changeSentence(place: string, group: readonly Seen[]): string {
  const sorted = [...group].sort((a, b) => puntsOf(b) - puntsOf(a));
  const [{ operation, at }] = sorted as [Seen];
  const shown = sorted.slice(0, MOST_FILES).map((one, index) => {
    const what = index === 0 ? `the ${operation.operation} requests` : "those";
    return `${formatPercent(one.at.puntRatio ?? 0)} of ${what} to ${one.operation.file}`;
  });
  const more = group.length - shown.length;
  const files = joined(more > 0 ? [...shown, `some of those to ${more} more`] : shown);
  const recorded = percentRange(group.map((one) => one.operation.recordedRatio));
  const would = `On ${place}, ${files} would punt, instead of ${recorded} when they were recorded`;
  if ((at.puntRatio ?? 0) < operation.recordedRatio) return `${would}.`;
  return `${would}, ${causeWords(at)}`;
}

function puntsAdded(group: readonly Seen[]): number {
  return group.reduce((sum, one) => {
    return sum + puntsOf(one) - one.operation.recordedRatio * one.operation.recorded.requests;
  }, 0);
}

const puntsOf = ({ operation, at }: Seen) => (at.puntRatio ?? 0) * operation.recorded.requests;

function causeWords({ causes }: OperationAt): string {
  const [main] = causes;
  if (main === undefined) return "for a cause that was not seen.";
  const mostly = causes.some(({ cause }) => cause !== main.cause) ? "mostly " : "";
  return `${mostly}because ${CAUSE_WORDS[main.cause]}. Cure: ${main.curedBy ?? "none is known"}.`;
}

function calmSentence(places: readonly string[], frequent: readonly WorkloadOperation[]): string {
  const ratios = frequent.flatMap(({ at }) =>
    at.flatMap(({ place, puntRatio }) =>
      places.includes(place.name) && puntRatio !== null ? [puntRatio] : [],
    ),
  );
  const most = Math.max(0, ...ratios);
  const words =
    most === 0
      ? "no request would punt"
      : "the requests would punt as they did when they were recorded";
  return `On ${joined(places)} ${words}${most === 0 ? "" : `: at most ${formatPercent(most)} of those to one file`}.`;
}
