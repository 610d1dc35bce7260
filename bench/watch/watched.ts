import type { Watch, WatchRow } from "../../native/watch.js";
import type { CauseFinder } from "./causes.js";
import { KernelWorkers } from "./kernel-workers.js";
import { Names } from "./names.js";
import { byWorkers, observationsOf } from "./observation.js";
import type { WatchCommandOptions } from "./options.js";
import { allProcesses, SelectedProcesses } from "./processes.js";
import type { Report } from "./report.js";
import { StallTotals, stallsOf } from "./stalls.js";
import { Totals } from "./totals.js";
import { Workers } from "./workers.js";

/** What runs in the kernel. */
export interface Programs {
  watch: Watch;
  causes: CauseFinder;
}

/** The processes that are watched, and what was seen of them. */
export class Watched {
  readonly #names = new Names();
  readonly #workers = new Workers();
  readonly #kernelWorkers = new KernelWorkers();
  readonly #totals = new Totals();
  readonly #stalls = new StallTotals();
  readonly #selected: SelectedProcesses;
  readonly #processes = new Set<number>();

  constructor(
    readonly programs: Programs,
    readonly options: WatchCommandOptions,
  ) {
    this.#selected = new SelectedProcesses(options.selection);
    if (options.selection.kind !== "all") this.#follow(this.#selected.look());
    // Of every process: with --all a process is watched from its first request on, and its workers may be older.
    this.#workers.start(allProcesses());
    // What was done while the watch was prepared belongs to no interval.
    programs.watch.take();
    programs.watch.takeStalls();
  }

  /** What has happened in the interval that ends now. */
  look(seconds: number): Report {
    const { watch, causes } = this.programs;
    const { selection } = this.options;
    if (selection.kind !== "all") this.#follow(this.#selected.look());
    const rows = watch.take();
    if (selection.kind === "all") this.#follow(new Set(rows.map(({ process }) => process)));
    this.#totals.add(rows);
    const workers = this.#workers.look(this.#processes);
    const observations = observationsOf(rows, seconds, this.#names, {
      causes: causes.look(),
      workers,
    });
    causes.pauseOrResume(observations.reduce((sum, row) => sum + byWorkers(row), 0));
    const stalls = watch.takeStalls();
    this.#stalls.add(stalls);
    return {
      ...this.#always(seconds),
      observations,
      workers,
      stalls: stallsOf(stalls, this.#names),
      kernelWorkers: null,
    };
  }

  /** What has happened since the watch began. */
  total(seconds: number): Report {
    const { causes } = this.programs;
    const workers = this.#workers.total();
    const rows: Iterable<WatchRow> = this.#totals.rows();
    const observations = observationsOf(rows, seconds, this.#names, {
      causes: causes.total,
      workers,
    });
    return {
      ...this.#always(seconds),
      observations,
      workers,
      stalls: stallsOf(this.#stalls.all(), this.#names),
      kernelWorkers: this.#kernelWorkers.used(),
    };
  }

  #always(seconds: number): Pick<Report, "seconds" | "sampled" | "lost" | "dropped"> {
    const sampled = 2 ** this.options.sampleShift;
    const lost = this.programs.watch.lost();
    return { seconds, sampled, lost, dropped: { ...this.#totals.dropped } };
  }

  /** Adds processes that were started and removes those that ended; looks at the files that each has open. */
  #follow(now: ReadonlySet<number>): void {
    const { watch, causes } = this.programs;
    const byId = this.options.selection.kind !== "all";
    for (const id of now) {
      if (!this.#processes.has(id) && byId) {
        watch.add(id);
        causes.add(id);
      }
      this.#processes.add(id);
      this.#names.look(id);
    }
    for (const id of this.#processes) {
      if (now.has(id)) continue;
      this.#processes.delete(id);
      if (!byId) continue;
      watch.remove(id);
      causes.remove(id);
    }
  }
}
