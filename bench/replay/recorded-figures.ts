import { bucketNs, bucketOf } from "../../native/watch-rows.js";
import type { Durations } from "../../results/observation.js";
import { OUTCOMES } from "../../results/recording/block.js";
import type { Recording } from "../../results/recording/reader.js";
import type { Row } from "../../results/recording/rows-in-order.js";
import type { ReplayedFile } from "../../results/replay.js";

export type RecordedFigures = ReplayedFile["recorded"];

/** Of a file and an operation of the recording. */
const keyOf = (file: number, operation: number) => `${file} ${operation}`;

/** What the replayed requests did when they were recorded. */
export class RecordedTallies {
  readonly #tallies = new Map<string, Tally>();

  add({ block, row }: Row): void {
    const key = keyOf(block.file[row] as number, block.operation[row] as number);
    const tally = this.#tallies.get(key) ?? new Tally();
    this.#tallies.set(key, tally);
    tally.add(block.outcome[row] as number, block.latencyNs[row] as number);
  }

  /** By `keyOf(file, operation)`. */
  figures(recording: Recording): Map<string, RecordedFigures> {
    const causes = causesByKey(recording);
    return new Map(
      [...this.#tallies].map(([key, tally]) => {
        const [index] = key.split(" ");
        const filesystem = recording.files.get(Number(index))?.filesystem ?? null;
        return [key, { ...tally.figures(), causes: causes.get(key) ?? [], filesystem }];
      }),
    );
  }
}

function causesByKey({ footer }: Recording): Map<string, RecordedFigures["causes"]> {
  const found = new Map<string, RecordedFigures["causes"]>();
  for (const { file, operation, ...share } of footer?.causes ?? []) {
    const key = keyOf(file, operation);
    const shares = found.get(key) ?? [];
    shares.push(share);
    found.set(key, shares);
  }
  return found;
}

/** Counts of one file and operation. */
class Tally {
  readonly #requests = new Map<string, number>();
  readonly #inline = new Map<number, number>();
  readonly #punted = new Map<number, number>();

  add(outcome: number, latencyNs: number): void {
    const how = OUTCOMES[outcome] ?? "unknown";
    this.#requests.set(how, this.#of(how) + 1);
    if (latencyNs < 0 || how === "unknown") return;
    const latencies = how === "inline" ? this.#inline : this.#punted;
    const bucket = bucketOf(latencyNs);
    latencies.set(bucket, (latencies.get(bucket) ?? 0) + 1);
  }

  figures(): Omit<RecordedFigures, "causes" | "filesystem"> {
    return {
      requests: [...this.#requests.values()].reduce((sum, each) => sum + each, 0),
      punts: this.#of("punted"),
      forced: this.#of("forced"),
      drained: this.#of("drained"),
      chained: this.#of("chained"),
      inlineLatencies: durationsOf(this.#inline),
      puntedLatencies: durationsOf(this.#punted),
    };
  }

  #of(how: string): number {
    return this.#requests.get(how) ?? 0;
  }
}

function durationsOf(buckets: ReadonlyMap<number, number>): Durations {
  return [...buckets]
    .sort(([a], [b]) => a - b)
    .map(([bucket, requests]) => [bucketNs(bucket), requests]);
}
