import type { Explained } from "../cells/explained.js";
import { kernelNames } from "../cells/subject.js";
import type { Analysis } from "../loading/analysis.js";
import { joined } from "./words.js";

/** A cause of fewer punts than this stands only in the table. */
const MENTIONED_RATIO = 0.5;

/** "fallocate-0 and zero-range punt because the blocks are unwritten extents (traced on 6.1)." */
export function causeSentences({ explained }: Analysis): string[] {
  const nameOf = kernelNames(explained.map(({ subject }) => subject));
  const preparations = new Map<string, Set<string>>();
  for (const { subject, explanation } of atLowestDepth(explained)) {
    if (explanation.scenario.arm !== "inline") continue;
    for (const { words, punts } of explanation.causes) {
      if (punts < MENTIONED_RATIO * explanation.writes) continue;
      const key = JSON.stringify([words, nameOf(subject)]);
      const named = preparations.get(key) ?? new Set();
      preparations.set(key, named.add(explanation.scenario.preparation));
    }
  }
  const kernels = new Map<string, string[]>();
  for (const [key, named] of preparations) {
    const [words, kernel] = JSON.parse(key) as [string, string];
    const verb = named.size === 1 ? "punts" : "punt";
    const sentence = `${joined([...named])} ${verb} because ${words}`;
    kernels.set(sentence, [...(kernels.get(sentence) ?? []), kernel]);
  }
  return [...kernels].map(
    ([sentence, on]) => `${sentence} (traced on ${joined([...new Set(on)])}).`,
  );
}

/** At depth 1, mostly the lowest, no write waits for another's lock, so the lock does not hide the first cause. */
function atLowestDepth(explained: readonly Explained[]): Explained[] {
  const lowest = Math.min(...explained.map(({ explanation }) => explanation.scenario.queueDepth));
  return explained.filter(({ explanation }) => explanation.scenario.queueDepth === lowest);
}
