import type { ObservedFile } from "../../results/observation.js";
import { formatPercent } from "../../terminal/percent.js";
import { groupBy } from "./group-by.js";

/** Names of the causes, most frequent first, with shares where there are several; "" without any. */
export function causeShares(causes: ObservedFile["causes"]): string {
  const all = sum(causes);
  const shares = [...groupBy(causes, ({ cause }) => cause)].map(([cause, found]) => ({
    cause,
    share: sum(found) / all,
  }));
  if (shares.length === 1) return shares[0]?.cause ?? "";
  return shares.map(({ cause, share }) => `${cause} ${formatPercent(share)}`).join(", ");
}

function sum(causes: ObservedFile["causes"]): number {
  return causes.reduce((total, { punts }) => total + punts, 0);
}
