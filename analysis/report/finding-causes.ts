import { type ObservedCause, PREPARATIONS, type Preparation } from "../../results/vocabulary.js";
import { formatNs } from "../../terminal/units.js";
import { joined } from "../../terminal/words.js";
import type { Explained } from "../cells/explained.js";
import { groupBy } from "../cells/group-by.js";
import { placesWords } from "../cells/kernel-ranges.js";
import type { Subject } from "../cells/subject.js";
import type { Analysis } from "../loading/analysis.js";

/** A cause of fewer punts than this stands only in the table. An unknown cause is no finding. */
const MENTIONED_RATIO = 0.5;

/** What one traced scenario contributes: "no-fallocate punts because the write extends the file". */
interface Found {
  subject: Subject;
  preparation: Preparation;
  cause: ObservedCause;
  /** How its writes punt: "", or when. */
  when: string;
  words: string;
}

/** "fallocate-0 and zero-range punt because the blocks are unwritten extents (traced on 6.1)." */
export function causeSentences({ explained }: Analysis): string[] {
  const lowest = atLowestDepth(explained);
  // What is so back to back need not be said again of slower writes.
  const fast = lowest.filter((one) => !isPaced(one)).flatMap(foundIn);
  const known = new Set(fast.map(keyOf));
  const slow = lowest
    .filter(isPaced)
    .flatMap(foundIn)
    .filter((found) => !known.has(keyOf(found)));
  const together = groupBy([...fast, ...slow], ({ words, when, subject }) =>
    JSON.stringify([words, when, subject.id]),
  );
  const told = [...together.values()].map((group) => {
    const [{ words, when, subject }] = group as [Found];
    const named = PREPARATIONS.filter((name) =>
      group.some(({ preparation }) => preparation === name),
    );
    const verb = named.length === 1 ? "punts" : "punt";
    return { sentence: `${joined(named)} ${verb}${when} because ${words}`, subject };
  });
  const all = explained.map(({ subject }) => subject);
  return [...groupBy(told, ({ sentence }) => sentence)].map(([sentence, on]) => {
    const where = on.map(({ subject }) => subject);
    return `${sentence} (traced ${placesWords(where, all)}).`;
  });
}

/** The causes of most punts, and timestamps whatever their share: the faster the writes, the fewer of them meet a tick. */
function foundIn(one: Explained): Found[] {
  const { subject, explanation } = one;
  const { scenario, writes, causes } = explanation;
  if (scenario.arm !== "inline") return [];
  const { preparation, intervalNs } = scenario;
  return causes.flatMap(({ cause, punts, words }) => {
    const isTick = cause === "timestamp" && !isPaced(one);
    if (cause === "unknown" || (!isTick && punts < MENTIONED_RATIO * writes)) return [];
    const paced = isPaced(one) ? ` when written every ${formatNs(intervalNs)}` : "";
    const when = isTick ? " about once in each clock tick" : paced;
    return [{ subject, preparation, cause, words, when }];
  });
}

function isPaced({ explanation: { scenario } }: Explained): boolean {
  return scenario.intervalNs > 0;
}

function keyOf({ subject, preparation, cause }: Found): string {
  return JSON.stringify([subject.id, preparation, cause]);
}

/** At depth 1, mostly the lowest, no write waits for another's lock, so the lock does not hide the first cause. */
function atLowestDepth(explained: readonly Explained[]): Explained[] {
  const lowest = Math.min(...explained.map(({ explanation }) => explanation.scenario.queueDepth));
  return explained.filter(({ explanation }) => explanation.scenario.queueDepth === lowest);
}
