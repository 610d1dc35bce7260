import type { AtlasCell } from "./schema.js";
import {
  AGREE,
  isUpToTheBuffer,
  mainCauseOf,
  reasonsOf,
  sharesOfRuns,
  type VerdictKind,
  verdictOf,
} from "./verdict.js";

/** Whether two measurements of one cell say the same; null where one of them says nothing. */
export function sameAnswer(a: AtlasCell, b: AtlasCell): boolean | null {
  const [first, second] = [verdictOf(a), verdictOf(b)];
  const kinds = [first.kind, second.kind];
  if (kinds.includes("unknown")) return null;
  if (kinds.includes("varies")) return apart(a, b) ? false : null;
  const [cause, other] = [mainCauseOf(a)?.cause, mainCauseOf(b)?.cause];
  // What one kernel shows another may not: a cause that was not seen contradicts none.
  const named = cause !== undefined && other !== undefined && ![cause, other].includes("unknown");
  const sameCause = !named || cause === other || [cause, other].includes("lock-contended");
  if (withoutSingle(first.kind) === withoutSingle(second.kind) && first.kind !== "mixed") {
    return sameCause;
  }
  const [own, others] = [sharesOf(a), sharesOf(b)];
  const ticks = own.ticks && others.ticks;
  return ticks && overlap(own, others) && (sameCause || [cause, other].includes("timestamp"));
}

/**
 * Whether one varies where the other has none or all, and no run of either had a share within the other's range. Where both have
 * some, how many may be chance: of drained requests on XFS with Linux 6.1 39, 115, 16, 14 and 20 of 256 punted. Counted once, how far it
 * varies is not known; and what is up to clock ticks on both or to a buffer may have any share.
 */
function apart(a: AtlasCell, b: AtlasCell): boolean {
  const clear: readonly VerdictKind[] = ["no", "few", "all"];
  if (![a, b].some((cell) => clear.includes(verdictOf(cell).kind))) return false;
  if ([a, b].every((cell) => reasonsOf(cell).ticks > 0)) return false;
  if (isUpToTheBuffer(a) || isUpToTheBuffer(b)) return false;
  const [own, others] = [sharesOfRuns(a), sharesOfRuns(b)];
  if (own.length < 2 || others.length < 2) return false;
  const range = (shares: readonly number[]) => ({
    least: Math.min(...shares),
    most: Math.max(...shares),
  });
  return !overlap(range(own), range(others));
}

interface Range {
  least: number;
  most: number;
}

const overlap = (a: Range, b: Range) => a.least <= b.most + AGREE && b.least <= a.most + AGREE;

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
