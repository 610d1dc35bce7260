import type {
  CauseCount,
  Disagreement,
  Explanation,
  PredictedCount,
} from "../../results/schema.js";
import type { Prediction } from "../rules/prediction.js";
import { EAGAIN, EIOCBQUEUED } from "./attempts.js";
import { CAUSE_WORDS, type Verdict } from "./causes.js";
import type { ObservedStream, ObservedWrite } from "./observe.js";
import { remedyFor } from "./remedies.js";

/** What came of one stream; field names are stable: they are those of `--json` and of results files. */
export type StreamSummary = Omit<
  Explanation,
  "type" | "scenario" | "skippedReason" | "backend" | "cannotSee"
>;

const RESULT_NAMES: Record<number, string> = {
  [EAGAIN]: "-11 (EAGAIN)",
  [EIOCBQUEUED]: "-529 (EIOCBQUEUED)",
};

const NOTHING: ObservedStream = {
  filesystem: "",
  kernelRelease: "",
  writes: [],
  recording: { events: [], stacks: [], lostEvents: 0 },
};

/** null: nothing was run. */
export function summarise(observed: ObservedStream | null): StreamSummary {
  const stream = observed ?? NOTHING;
  const { writes, recording } = stream;
  const punted = writes.filter(({ attempt }) => attempt.punt !== null);
  return {
    writes: writes.length,
    punts: punted.length,
    submitterGot: tally(writes.map(submitterResult)),
    workerGot: tally(punted.map(({ attempt }) => resultName(attempt.worker?.result ?? null))),
    issuedInline: writes.length - punted.length,
    causes: causesOf(stream),
    predicted: predictedOf(writes),
    disagreements: disagreementsOf(writes),
    lostEvents: recording.lostEvents,
  };
}

function causesOf({ writes, filesystem }: ObservedStream): CauseCount[] {
  const groups = grouped(writes, ({ verdict }) => verdict?.cause ?? null);
  return [...groups].map(([cause, members]) => {
    const first = members[0] as ObservedWrite;
    return {
      cause,
      words: CAUSE_WORDS[cause],
      punts: members.length,
      evidence: first.verdict?.evidence ?? "",
      stack: first.attempt.punt?.stack ? [...first.attempt.punt.stack] : null,
      curedBy: first.verdict?.curedBy ?? remedyFor(cause, filesystem, first.predicted),
    };
  });
}

function predictedOf(writes: readonly ObservedWrite[]): PredictedCount[] {
  const groups = grouped(writes, ({ predicted }) => `${predicted.cause} ${predicted.punts}`);
  return [...groups.values()].map((members) => {
    const { cause, punts, why, kernelFunction } = (members[0] as ObservedWrite).predicted;
    return { cause, punts, writes: members.length, why, kernelFunction };
  });
}

function disagreementsOf(writes: readonly ObservedWrite[]): Disagreement[] {
  const strays = writes.filter(disagrees);
  const groups = grouped(
    strays,
    ({ predicted, verdict }) => `${predicted.cause} ${predicted.punts} ${verdict?.cause}`,
  );
  return [...groups.values()].map((members) => {
    const { predicted, verdict, attempt } = members[0] as ObservedWrite;
    return {
      predicted: predicted.punts === false ? "no punt" : `a punt: ${CAUSE_WORDS[predicted.cause]}`,
      observed: verdict === null ? "no punt" : `a punt: ${CAUSE_WORDS[verdict.cause]}`,
      writes: members.length,
      firstWrite: attempt.index,
      evidence: verdict?.evidence ?? null,
    };
  });
}

function disagrees({ predicted, predictedEarly, verdict }: ObservedWrite): boolean {
  return contradicts(predicted, verdict) && contradicts(predictedEarly, verdict);
}

/**
 * A lock that others hold is not predicted, and an unknown cause contradicts nothing. Of a write that punts anyway
 * it is not predicted either whether a clock tick refused it first.
 */
function contradicts(predicted: Prediction, verdict: Verdict | null): boolean {
  if (predicted.punts === null || verdict?.cause === "lock-contended") return false;
  if (verdict === null) return predicted.punts === true;
  if (predicted.punts === false) return true;
  if (verdict.cause === "timestamp") return false;
  return verdict.cause !== "unknown" && verdict.cause !== predicted.cause;
}

function grouped<Item, Key>(
  items: readonly Item[],
  keyOf: (item: Item) => Key | null,
): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === null) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function tally(names: readonly string[]): Record<string, number> {
  const groups = grouped(names, (name) => name);
  return Object.fromEntries([...groups].map(([name, members]) => [name, members.length]));
}

function submitterResult({ attempt: { punt, inline } }: ObservedWrite): string {
  return punt?.forced ? "no attempt" : resultName(inline.result);
}

function resultName(result: number | null): string {
  return result === null ? "not seen" : (RESULT_NAMES[result] ?? String(result));
}
