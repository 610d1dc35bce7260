import type { AtlasCause, AtlasCell } from "./schema.js";

export type VerdictKind =
  | "no"
  | "few"
  | "some"
  | "all"
  /** On clock ticks and for nothing else. */
  | "tick"
  /** Some for another reason, and of the rest those that come after a clock tick. */
  | "mixed"
  | "varies"
  | "cannot"
  | "unknown";

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
const SLOWER_THAN_TICKS =
  "the first request after a clock tick punts (4 ms with CONFIG_HZ=250): at this pace all, or nearly all, do";
const TICK_NS = 4_000_000;
/** Of two boots of Linux 6.12 all such requests punted in one and none in the other. */
const BUFFER_WORDS =
  "whether one does is up to how its buffer lies in memory: pages next to each other are one piece, and the device takes so many pieces in one request";

/** Two shares agree when they differ by no more than this. */
export const AGREE = 0.02;
/** Fewer requests may punt in any boot, without a reason that is theirs. */
const SINGLE = 0.02;

export function verdictOf(cell: AtlasCell | null): Verdict {
  if (cell === null) return { kind: "unknown", short: "?", words: "not measured" };
  if (cell.skipped !== null) {
    return { kind: "cannot", short: "-", words: `cannot be done here: ${cell.skipped}` };
  }
  const runs = runsOf(cell).map(punted);
  const requests = (cell.counted ?? cell.traced)?.requests ?? 0;
  if (requests === 0) return { kind: "unknown", short: "?", words: "nothing was counted" };
  const verdict = ofRequests(cell, requests, runs);
  const syncs = (cell.counted?.syncs ?? 0) + (cell.traced?.syncs ?? 0) > 0;
  return { ...verdict, words: `${verdict.words}${syncs ? "; each fdatasync does" : ""}` };
}

/** On 5.10 only the traced run tells fdatasyncs from the writes before them. */
function runsOf({ counted, traced }: AtlasCell) {
  const runs = [counted, traced].filter((run) => run !== null);
  const told = runs.filter(({ syncs }) => syncs !== undefined);
  return told.length > 0 ? told : runs;
}

/** Without the fdatasyncs behind the writes, which every kernel hands over. They are no verdict on the writes. */
function punted({ punts, syncs = 0 }: { punts: number; syncs?: number | undefined }): number {
  return punts - syncs;
}

/** Punts per request of each run that was counted, 0 to 1. */
export function sharesOfRuns(cell: AtlasCell): number[] {
  return runsOf(cell)
    .filter(({ requests }) => requests > 0)
    .map((run) => punted(run) / run.requests);
}

/** `runs`: punts of the requests in each run. */
function ofRequests(cell: AtlasCell, requests: number, runs: readonly number[]): Verdict {
  const noun = cell.key.includes("fdatasync") ? "write" : "request";
  const [least, most] = [Math.min(...runs) / requests, Math.max(...runs) / requests];
  if (isDrivenByTicks(cell)) {
    const slow = intervalNsOf(cell) >= TICK_NS;
    return { kind: "tick", short: "tick", words: slow ? SLOWER_THAN_TICKS : TICK_WORDS };
  }
  const { ticks, others } = reasonsOf(cell);
  if (isUpToTheBuffer(cell)) {
    const words = `${Math.max(...runs)} of ${requests} ${noun}s punted; ${BUFFER_WORDS}`;
    return { kind: "varies", short: "0 or 100 %", words };
  }
  if (least >= 0.99) {
    const words = `every ${noun} punts${ticks > 0 ? ", in part on clock ticks" : ""}`;
    return { kind: "all", short: "all", words };
  }
  if (ticks > 0 && isOneAtATime(cell)) {
    const words = `${others} of ${requests} ${noun}s punt, and of the rest the first after each clock tick`;
    return { kind: "mixed", short: `${percent(others / requests)} + tick`, words };
  }
  if (runs.length === 1 && most >= SINGLE && ticks === 0) {
    const words = `${runs[0]} of ${requests} ${noun}s punted; it was counted once, so whether that repeats is not known`;
    return { kind: "varies", short: percent(most), words };
  }
  if (most - least > AGREE || ticks > 0) {
    const words = `it varies: of ${requests} ${noun}s ${runs.join(" punted in one run, ")} ${
      runs.length > 1 ? "in another" : "punted"
    }${ticks > 0 ? ", in part on clock ticks" : ""}`;
    const range = percent(least) === percent(most) ? "" : `${percent(least)} to `;
    return { kind: "varies", short: `${range}${percent(most)}`, words };
  }
  if (most === 0) return { kind: "no", short: "no", words: `no ${noun} punts` };
  const words = `${Math.max(...runs)} of ${requests} ${noun}s punt`;
  return { kind: most < SINGLE ? "few" : "some", short: percent(most), words };
}

/**
 * Punts of the traced run: those that came with a clock tick, and the others. A lock that is held by the worker of a punt
 * follows from it, and fdatasyncs are no writes.
 */
export function reasonsOf({ causes }: AtlasCell): { ticks: number; others: number } {
  const own = causes.filter(
    ({ cause }) => cause !== "lock-contended" && cause !== "blocking-operation",
  );
  const sum = own.reduce((all, { punts }) => all + punts, 0);
  const ticks = own.find(({ cause }) => cause === "timestamp")?.punts ?? 0;
  return { ticks, others: sum - ticks };
}

/**
 * Whether punts come with clock ticks and for no other reason. With a stat before each request it is the stat that makes it punt
 * (multigrain timestamps).
 */
function isDrivenByTicks(cell: AtlasCell): boolean {
  const { ticks, others } = reasonsOf(cell);
  if (ticks === 0 || others > SINGLE * (ticks + others)) return false;
  const { counted, key } = cell;
  const all = counted !== null && punted(counted) >= 0.99 * counted.requests;
  return !(all && key.includes("a stat every"));
}

/** The request is split or not, by its buffer: it was, or the rules name the function that decides so. */
export function isUpToTheBuffer({ causes, kernelFunction }: AtlasCell): boolean {
  const wasSplit = causes.some(({ cause }) => cause === "splits-request");
  return wasSplit || (kernelFunction?.startsWith("bio_split") ?? false);
}

/** Of `scenarioKey`: the depth. Above 1 the other reasons, too, are up to how the requests meet. */
const isOneAtATime = ({ key }: AtlasCell) => /^\S+ \S+ 1 /.test(key);

/** Of `scenarioKey`: the number behind the order of the blocks. */
function intervalNsOf({ key }: AtlasCell): number {
  return Number(/ (?:sequential|random|random-next|append|recycled) (\d+) /.exec(key)?.[1] ?? 0);
}

/**
 * The cause of most punts. A lock that was held is named only where nothing else was seen: it follows from the other punts. Where not
 * all is up to clock ticks, they come after what does not depend on the pace: a slow CPU sees more of them.
 */
export function mainCauseOf(cell: AtlasCell | null): AtlasCause | null {
  if (cell === null) return null;
  const ranks: Record<string, number> = { timestamp: 1, unknown: 1, "lock-contended": 2 };
  if (isDrivenByTicks(cell)) ranks.timestamp = -1;
  const rank = ({ cause }: AtlasCause) => ranks[cause] ?? 0;
  const own = cell.causes.filter(
    ({ cause }) => !cell.key.includes("fdatasync") || cause !== "blocking-operation",
  );
  return own.toSorted((a, b) => rank(a) - rank(b) || b.punts - a.punts)[0] ?? null;
}

function percent(share: number): string {
  return share > 0 && share < 0.01 ? "<1 %" : `${Math.round(share * 100)} %`;
}
