import { release, version } from "node:os";
import {
  type Causes,
  type CausesOptions,
  openCauses,
  type RequestRecord,
} from "../../native/causes.js";
import type { WatchRow } from "../../native/watch.js";
import { placeKeyOf } from "../../native/watch-rows.js";
import type { ObservedCause } from "../../results/vocabulary.js";
import {
  attributeRequest,
  cureOf,
  filesystemOf,
} from "../explain/attribution/attribute-request.js";
import { type KernelFunctions, kernelFunctions } from "../explain/attribution/kernel-functions.js";
import { workersInside } from "../explain/attribution/traced-write.js";
import { runningKernelVersion } from "../rules/kernel-version.js";
import { dropOldest } from "./drop-oldest.js";

/** Why a share of the punts of one file and operation happened. */
export interface CauseShare {
  cause: ObservedCause;
  /** Of the punts that were looked at. */
  punts: number;
  /** What was seen of the first of them. */
  evidence: string;
  /** What makes such a request go inline; null where no cure is known. */
  curedBy: string | null;
}

/** What the rows of one file and operation have in common. */
type Place = Pick<WatchRow, "process" | "major" | "minor" | "inode" | "opcode">;

/** Causes by process, file and operation, since it was made. */
export class CauseCounts {
  readonly #counts = new Map<string, { place: Place; shares: Map<string, CauseShare> }>();

  add(place: Place, { cause, evidence, curedBy }: Omit<CauseShare, "punts">): void {
    const key = placeKeyOf(place);
    const counts = this.#counts.get(key) ?? { place, shares: new Map<string, CauseShare>() };
    this.#counts.set(key, counts);
    dropOldest(this.#counts, MOST_PLACES);
    const { shares } = counts;
    const id = `${cause} ${curedBy}`;
    const punts = (shares.get(id)?.punts ?? 0) + 1;
    shares.set(id, { cause, punts, evidence: shares.get(id)?.evidence ?? evidence, curedBy });
  }

  /** Most frequent first; empty where no punt was looked at. */
  of(placeKey: string): CauseShare[] {
    const counts = this.#counts.get(placeKey);
    return counts === undefined ? [] : mostFrequentFirst(counts.shares);
  }

  all(): { place: Place; shares: CauseShare[] }[] {
    return [...this.#counts.values()].map(({ place, shares }) => ({
      place,
      shares: mostFrequentFirst(shares),
    }));
  }
}

/** The place of the first counts of a long watch goes first. */
const MOST_PLACES = 65_536;

function mostFrequentFirst(shares: ReadonlyMap<string, CauseShare>): CauseShare[] {
  return [...shares.values()].sort((a, b) => b.punts - a.punts);
}

/** So many intervals without a punt, and the programs are paused until the next interval with one. */
const IDLE_INTERVALS = 3;
/** For each process, file and operation, in about a second: enough to tell the shares of its causes. */
const RECORDS_PER_PERIOD = 16;

/** Throws a UserError where the kernel refuses the programs. 0 records: every punt has one. */
export function openCauseFinder(
  { everything, name }: Pick<CausesOptions, "everything" | "name">,
  recordsPerPeriod = RECORDS_PER_PERIOD,
): CauseFinder {
  const causes = openCauses({
    everything,
    name,
    everyRequest: false,
    functions: true,
    hotFunctions: false,
    recordsPerPeriod,
  });
  return new CauseFinder(causes, kernelFunctions());
}

/** Takes the evidence of punts out of the kernel and names their causes. */
export class CauseFinder {
  readonly total = new CauseCounts();
  readonly #kernel = runningKernelVersion(release(), version());
  readonly #steps: readonly string[];
  #idleIntervals = 0;
  #paused = false;

  constructor(
    readonly causes: Causes,
    readonly functions: KernelFunctions,
  ) {
    this.#steps = causes.attached();
  }

  add(process: number): void {
    this.causes.add(process);
  }

  remove(process: number): void {
    this.causes.remove(process);
  }

  close(): void {
    this.causes.close();
  }

  /** After an interval with this many punts: what does not punt is not slowed down. */
  pauseOrResume(punts: number): void {
    this.#idleIntervals = punts === 0 ? this.#idleIntervals + 1 : 0;
    const pause = this.#idleIntervals >= IDLE_INTERVALS;
    if (pause === this.#paused) return;
    this.#paused = pause;
    if (pause) this.causes.pause();
    else this.causes.resume();
  }

  /** What was added since the last call. */
  look(): CauseCounts {
    const added = new CauseCounts();
    const records = this.causes.read(false).filter(({ punt }) => punt !== null);
    const inside = workersInside(records);
    for (const [index, record] of records.entries()) this.#add(added, record, inside[index]);
    return added;
  }

  #add(added: CauseCounts, record: RequestRecord, workerInside = false): void {
    const { process, punt } = record;
    if (punt === null) return;
    const found = attributeRequest(record, {
      kernel: this.#kernel,
      steps: this.#steps,
      inode: null,
      workerInside,
      functionsOf: (stack) => this.functions.ofStack(stack),
    });
    const { cause, evidence } = found;
    const share = { cause, evidence, curedBy: cureOf(found, filesystemOf(punt), this.#kernel) };
    const place = { ...punt, process };
    added.add(place, share);
    this.total.add(place, share);
  }
}
