import { CAUSE_WORDS } from "../../results/cause-words.js";
import { formatPercent } from "../../terminal/percent.js";
import { visible } from "../../terminal/quote.js";
import type { CauseShare } from "./causes.js";
import { byWorkers, type Observation } from "./observation.js";

/** A smaller share of the punts is not worth a sentence. */
const LEAST_SHARE = 0.01;
const MOST_CURES = 3;

/** Names of the causes, with their shares where there are several; "-" where no punt was looked at. */
export function causesCell(shares: readonly CauseShare[]): string {
  const byCause = new Map<string, number>();
  for (const { cause, punts } of shares) byCause.set(cause, (byCause.get(cause) ?? 0) + punts);
  const all = [...byCause.values()].reduce((sum, punts) => sum + punts, 0);
  if (byCause.size === 0) return "-";
  if (byCause.size === 1) return [...byCause.keys()].join();
  return [...byCause].map(([cause, punts]) => `${cause} ${formatPercent(punts / all)}`).join("\n");
}

/** What was seen of each file and operation that punts, in one line for each of its causes. */
export function evidenceLines(observations: readonly Observation[], limit: number): string[] {
  const lines = observations.flatMap(({ file, operation, causes }) => {
    const lookedAt = causes.reduce((sum, { punts }) => sum + punts, 0);
    return causes.map(({ cause, punts, evidence, curedBy }) => {
      const cure = curedBy === null ? "No cure is known." : `Cure: ${curedBy}.`;
      const share = punts === lookedAt ? `all ${punts}` : `${punts} of the ${lookedAt}`;
      return `${visible(file)}, ${operation}: ${share} punts that were looked at: ${CAUSE_WORDS[cause]} (${evidence}). ${cure}`;
    });
  });
  return lines.slice(0, limit);
}

/** What would cure most of the punts, largest share first. */
export function cureSentences(observations: readonly Observation[]): string[] {
  const punts = new Map<string, number>();
  let all = 0;
  for (const row of observations) {
    const { causes } = row;
    const inWorkers = byWorkers(row);
    all += inWorkers;
    const lookedAt = causes.reduce((sum, share) => sum + share.punts, 0);
    for (const { punts: count, curedBy } of causes) {
      if (curedBy === null) continue;
      const share = (inWorkers * count) / lookedAt;
      punts.set(curedBy, (punts.get(curedBy) ?? 0) + share);
    }
  }
  return [...punts]
    .filter(([, count]) => count >= LEAST_SHARE * all)
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST_CURES)
    .map(([cure, count]) => `Cure for ${formatPercent(count / all)} of the punts: ${cure}.`);
}
