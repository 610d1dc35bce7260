import type { AtlasCell } from "./schema.js";
import { AGREE, mainCauseOf, reasonsOf, type VerdictKind, verdictOf } from "./verdict.js";

/** Whether two measurements of one cell say the same; null where one of them says nothing. */
export function sameAnswer(a: AtlasCell, b: AtlasCell): boolean | null {
  const [first, second] = [verdictOf(a), verdictOf(b)];
  const silent: readonly VerdictKind[] = ["unknown", "varies"];
  if (silent.includes(first.kind) || silent.includes(second.kind)) return null;
  const [cause, other] = [mainCauseOf(a)?.cause, mainCauseOf(b)?.cause];
  // What one kernel shows another may not: a cause that was not seen contradicts none.
  const named = cause !== undefined && other !== undefined && ![cause, other].includes("unknown");
  const sameCause = !named || cause === other || [cause, other].includes("lock-contended");
  if (withoutSingle(first.kind) === withoutSingle(second.kind) && first.kind !== "mixed") {
    return sameCause;
  }
  const [own, others] = [sharesOf(a), sharesOf(b)];
  const overlap = own.least <= others.most + AGREE && others.least <= own.most + AGREE;
  const ticks = own.ticks && others.ticks;
  return ticks && overlap && (sameCause || [cause, other].includes("timestamp"));
}

/** Single requests, less than two in a hundred, may punt in any boot. */
const withoutSingle = (kind: VerdictKind) => (kind === "few" ? "no" : kind);

/**
 * The share of requests that punt for another reason than clock ticks: how many meet a tick depends on the pace, and those that
 * did may have had the other reason too.
 */
function sharesOf(cell: AtlasCell) {
  const { ticks, others } = reasonsOf(cell);
  const requests = (cell.traced ?? cell.counted)?.requests || 1;
  return { ticks: ticks > 0, least: others / requests, most: (others + ticks) / requests };
}
