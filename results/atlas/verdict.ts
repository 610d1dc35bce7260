import type { AtlasCause, AtlasCell } from "./schema.js";

export type VerdictKind = "no" | "few" | "some" | "all" | "tick" | "varies" | "cannot" | "unknown";

export interface Verdict {
  kind: VerdictKind;
  /** Short, for a cell of the map: "no", "all", "12 %". */
  short: string;
  /** "every request punts". */
  words: string;
}

/** Where the kernel updates timestamps once a tick: 4 ms with Debian's CONFIG_HZ=250. */
const TICK_WORDS =
  "about one request in each clock tick punts (4 ms with CONFIG_HZ=250): back to back few do, and all do that come slower than the ticks";

/** Two runs agree when their shares differ by no more than this. */
const AGREE = 0.02;

export function verdictOf(cell: AtlasCell | null): Verdict {
  if (cell === null) return { kind: "unknown", short: "?", words: "not measured" };
  if (cell.skipped !== null) {
    return { kind: "cannot", short: "-", words: `cannot be done here: ${cell.skipped}` };
  }
  const { counted, traced } = cell;
  const first = counted ?? traced;
  if (first === null || first.requests === 0) {
    return { kind: "unknown", short: "?", words: "nothing was counted" };
  }
  const syncs = puntedSyncs(cell);
  const verdict = ofWrites(cell, first.requests, first.punts - syncs, syncs);
  const words = `${verdict.words}${syncs > 0 ? "; each fdatasync does" : ""}`;
  return { ...verdict, words };
}

/** Of the punts: the fdatasyncs behind the writes, which every kernel hands over. They are no verdict on the writes. */
function puntedSyncs({ key, causes }: AtlasCell): number {
  if (!key.includes("fdatasync")) return 0;
  return causes.find(({ cause }) => cause === "blocking-operation")?.punts ?? 0;
}

function ofWrites(
  { counted, traced, causes, key }: AtlasCell,
  requests: number,
  punts: number,
  syncs: number,
): Verdict {
  const noun = key.includes("fdatasync") ? "write" : "request";
  const share = punts / requests;
  const ticks = causes.some(({ cause }) => cause === "timestamp");
  const again = counted && traced ? traced.punts - syncs : punts;
  if (ticks && Math.min(punts, again) / requests < 0.99) {
    return { kind: "tick", short: "tick", words: TICK_WORDS };
  }
  if (Math.abs(again - punts) / requests > AGREE) {
    const [least, most] = [Math.min(again, punts), Math.max(again, punts)];
    return {
      kind: "varies",
      short: `${percent(least / requests)} to ${percent(most / requests)}`,
      words: `it varies: of ${requests} ${noun}s ${punts} punted in one run, ${again} in another`,
    };
  }
  if (punts === 0) return { kind: "no", short: "no", words: `no ${noun} punts` };
  if (share >= 0.99) return { kind: "all", short: "all", words: `every ${noun} punts` };
  const words = `${punts} of ${requests} ${noun}s punt`;
  return { kind: share < 0.02 ? "few" : "some", short: percent(share), words };
}

/** The cause of most punts. A lock that was held is named only where nothing else was seen: it follows from the other punts. */
export function mainCauseOf(cell: AtlasCell | null): AtlasCause | null {
  const held = ({ cause }: AtlasCause) => Number(cause === "lock-contended");
  const syncs = cell?.key.includes("fdatasync") ?? false;
  const own = (cell?.causes ?? []).filter(({ cause }) => !syncs || cause !== "blocking-operation");
  const causes = [...own].sort((a, b) => held(a) - held(b) || b.punts - a.punts);
  return causes[0] ?? null;
}

function percent(share: number): string {
  return share > 0 && share < 0.01 ? "<1 %" : `${Math.round(share * 100)} %`;
}

/**
 * Whether two measurements of one cell say the same; null where one of them says nothing. Where timestamps are the cause, the
 * share depends on the pace, so it is not compared.
 */
export function sameAnswer(a: AtlasCell, b: AtlasCell): boolean | null {
  const [first, second] = [verdictOf(a), verdictOf(b)];
  const silent: readonly VerdictKind[] = ["unknown", "varies"];
  if (silent.includes(first.kind) || silent.includes(second.kind)) return null;
  const [cause, other] = [mainCauseOf(a)?.cause, mainCauseOf(b)?.cause];
  if (cause === "timestamp" && other === "timestamp") return true;
  if (first.kind !== second.kind) return false;
  // What one kernel shows another may not: a cause that was not seen contradicts none.
  const named = cause !== undefined && other !== undefined && ![cause, other].includes("unknown");
  return !named || cause === other || [cause, other].includes("lock-contended");
}
