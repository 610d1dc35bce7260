import { CAUSE_WORDS } from "../../results/cause-words.js";
import type { CauseCount, Disagreement, PredictedCount } from "../../results/explained-punts.js";
import type { Explanation } from "../../results/schema.js";
import { cureFor } from "../rules/cures.js";
import type { Prediction } from "../rules/prediction.js";
import type { Attribution } from "./attribution/attribution.js";
import { EAGAIN, EIOCBQUEUED } from "./attribution/traced-write.js";
import type { ExplainedStream, ExplainedWrite } from "./trace-writes.js";

/** The counts of one stream. Field names are stable: they are those of `--json` and of results files. */
export type StreamSummary = Omit<
  Explanation,
  "type" | "scenario" | "skippedReason" | "backend" | "cannotSee"
>;

const RESULT_NAMES: Record<number, string> = {
  [EAGAIN]: "-11 (EAGAIN)",
  [EIOCBQUEUED]: "-529 (EIOCBQUEUED)",
};

/** null: nothing was run. */
export function summarise(stream: ExplainedStream | null): StreamSummary {
  const writes = stream?.writes ?? [];
  const punted = writes.filter(({ traced }) => traced.punt !== null);
  return {
    writes: writes.length,
    punts: punted.length,
    submitterGot: tally(writes.map(submitterResult)),
    workerGot: tally(punted.map(({ traced }) => resultName(traced.retry?.result ?? null))),
    issuedInline: writes.length - punted.length,
    causes: causesOf(writes, stream?.filesystem ?? ""),
    predicted: predictedOf(writes),
    disagreements: disagreementsOf(writes),
    lostEvents: stream?.recording.lostEvents ?? 0,
  };
}

function causesOf(writes: readonly ExplainedWrite[], filesystem: string): CauseCount[] {
  const punted = writes.flatMap(({ attribution, traced, expected }) =>
    attribution === null ? [] : [{ attribution, traced, expected }],
  );
  return grouped(punted, ({ attribution }) => attribution.cause).map((members) => {
    const [{ attribution, traced, expected }] = members;
    const { cause, evidence, curedBy } = attribution;
    return {
      cause,
      words: CAUSE_WORDS[cause],
      punts: members.length,
      evidence,
      stack: traced.punt?.stack ? [...traced.punt.stack] : null,
      curedBy: curedBy ?? cureFor(cause, filesystem, expected.prediction),
    };
  });
}

function predictedOf(writes: readonly ExplainedWrite[]): PredictedCount[] {
  return grouped(writes, ({ expected }) => nameOf(expected.prediction)).map((members) => {
    const { cause, punts, why, kernelFunction } = members[0].expected.prediction;
    return { cause, punts, writes: members.length, why, kernelFunction };
  });
}

function disagreementsOf(writes: readonly ExplainedWrite[]): Disagreement[] {
  const groups = grouped(
    writes.filter(disagrees),
    ({ expected, attribution }) => `${nameOf(expected.prediction)} ${attribution?.cause}`,
  );
  return groups.map((members) => {
    const [{ expected, attribution, index }] = members;
    const { punts, cause } = expected.prediction;
    return {
      predicted: punts === false ? "no punt" : `a punt: ${CAUSE_WORDS[cause]}`,
      observed: attribution === null ? "no punt" : `a punt: ${CAUSE_WORDS[attribution.cause]}`,
      writes: members.length,
      firstWrite: index,
      evidence: attribution?.evidence ?? null,
    };
  });
}

const nameOf = ({ cause, punts }: Prediction) => `${cause} ${punts}`;

function disagrees({ expected, attribution }: ExplainedWrite): boolean {
  return contradicts(expected.prediction, attribution) && contradicts(expected.early, attribution);
}

/**
 * An unknown cause contradicts nothing. No rule predicts a lock that others hold, nor whether a clock tick comes
 * before the cause of a write that punts anyway.
 */
function contradicts(predicted: Prediction, seen: Attribution | null): boolean {
  if (predicted.punts === null || seen?.cause === "lock-contended") return false;
  if (seen === null) return predicted.punts === true;
  if (predicted.punts === false) return true;
  if (seen.cause === "timestamp") return false;
  return seen.cause !== "unknown" && seen.cause !== predicted.cause;
}

/** In the order of their first members. */
export function grouped<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): [Item, ...Item[]][] {
  const groups = new Map<string, [Item, ...Item[]]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

/** How often each name occurs. */
export function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function submitterResult({ traced }: ExplainedWrite): string {
  return traced.punt?.forced ? "no attempt" : resultName(traced.inline.result);
}

function resultName(result: number | null): string {
  return result === null ? "not seen" : (RESULT_NAMES[result] ?? String(result));
}
