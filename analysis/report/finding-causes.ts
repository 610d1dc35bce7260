import type { Explained } from "../cells/explained.js";
import { groupBy } from "../cells/group-by.js";
import type { Analysis } from "../loading/analysis.js";
import { placesWords } from "./kernel-ranges.js";
import { joined } from "./words.js";

/** A cause of fewer punts than this stands only in the table. An unknown cause is no finding. */
const MENTIONED_RATIO = 0.5;

/** "fallocate-0 and zero-range punt because the blocks are unwritten extents (traced on 6.1)." */
export function causeSentences({ explained }: Analysis): string[] {
  const found = atLowestDepth(explained).flatMap(({ subject, explanation }) => {
    const { scenario, writes, causes } = explanation;
    if (scenario.arm !== "inline") return [];
    return causes
      .filter(({ cause, punts }) => cause !== "unknown" && punts >= MENTIONED_RATIO * writes)
      .map(({ words }) => ({ words, subject, preparation: scenario.preparation }));
  });
  const together = groupBy(found, ({ words, subject }) => JSON.stringify([words, subject.id]));
  const told = [...together.values()].map((group) => {
    const [{ words, subject }] = group as [(typeof found)[number]];
    const named = new Set(group.map(({ preparation }) => preparation));
    const verb = named.size === 1 ? "punts" : "punt";
    return { sentence: `${joined([...named])} ${verb} because ${words}`, subject };
  });
  const all = explained.map(({ subject }) => subject);
  return [...groupBy(told, ({ sentence }) => sentence)].map(([sentence, on]) => {
    const where = on.map(({ subject }) => subject);
    return `${sentence} (traced ${placesWords(where, all)}).`;
  });
}

/** At depth 1, mostly the lowest, no write waits for another's lock, so the lock does not hide the first cause. */
function atLowestDepth(explained: readonly Explained[]): Explained[] {
  const lowest = Math.min(...explained.map(({ explanation }) => explanation.scenario.queueDepth));
  return explained.filter(({ explanation }) => explanation.scenario.queueDepth === lowest);
}
