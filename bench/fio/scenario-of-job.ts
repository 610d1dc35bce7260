import type { Scenario } from "../../results/schema.js";
import type { Preparation } from "../../results/vocabulary.js";
import { GivenOptions } from "./given-options.js";
import type { FioJob } from "./job-file.js";
import { ALIASES, OPTIONS } from "./option-table.js";
import { pausesOf } from "./pauses.js";
import { sizesOf } from "./request-sizes.js";
import { valueFor } from "./values.js";

/** What a job becomes, or all reasons why it cannot be measured. */
export interface TranslatedJob {
  name: string;
  scenario: Scenario | null;
  /** Options and what each needs; empty where there is a scenario. */
  problems: string[];
  /** What the job implies or leaves out, in sentences. */
  notes: string[];
}

const PREPARATIONS: Readonly<Record<string, Preparation>> = {
  none: "no-fallocate",
  "0": "no-fallocate",
  keep: "keep-size",
  posix: "fallocate-0",
  "1": "fallocate-0",
  native: "fallocate-0",
};

type Kind = Pick<Scenario, "order" | "operation">;

const KINDS: Readonly<Record<string, Kind>> = {
  write: { order: "sequential" },
  randwrite: { order: "random" },
  read: { order: "sequential", operation: "read" },
  randread: { order: "random", operation: "read" },
  rw: { order: "sequential", operation: "readwrite" },
  readwrite: { order: "sequential", operation: "readwrite" },
  randrw: { order: "random", operation: "readwrite" },
};

const withoutAliases = ({ options }: FioJob) =>
  new Map([...options].map(([key, value]) => [ALIASES[key] ?? key, value] as const));

/** The engine that would run the job. */
export const engineOf = (job: FioJob): string => withoutAliases(job).get("ioengine") ?? "psync";

export function scenarioOfJob(job: FioJob): TranslatedJob {
  const reader = new JobReader(withoutAliases(job));
  const scenario = reader.scenario();
  const problems = [...reader.problems, ...reader.unsupported()];
  const measurable = problems.length === 0;
  return {
    name: job.name,
    scenario: measurable ? scenario : null,
    problems,
    notes: reader.notes(),
  };
}

class JobReader extends GivenOptions {
  scenario(): Scenario {
    const prefilled = this.isPrefilled();
    this.checkOnce(prefilled);
    const kind = KINDS[this.text("rw")];
    if (kind === undefined) this.problems.push(`rw=${this.text("rw")} (trims)`);
    const sizes = sizesOf(this, kind?.operation);
    const { blockSizeBytes } = sizes;
    const sizeBytes = this.given.has("size") ? this.bytes("size") : null;
    if (!this.given.has("size"))
      this.problems.push("no size (the size of an existing file or device)");
    const spread = this.spread();
    const { rings = 1 } = spread;
    return {
      preparation: prefilled ? "dd-prefill" : this.preparation(),
      arm: this.isForced() ? "forced" : "inline",
      queueDepth: this.count("iodepth") ?? 1,
      ...sizes,
      fileSizeBytes:
        Math.max(1, Math.floor((sizeBytes ?? 0) / blockSizeBytes)) * blockSizeBytes * rings,
      order: "sequential",
      intervalNs: this.intervalNs(kind),
      ...pausesOf(this),
      ...this.registered(),
      ...kind,
      ...this.randomOrder(kind),
      ...spread,
      ...this.ring(),
      ...this.request(kind?.operation),
      ...this.lasts(),
    };
  }

  /** Options that only have one supported value, and options that are not known. */
  unsupported(): string[] {
    return [...this.given].flatMap(([key, value]) => {
      const rule = OPTIONS[key];
      const shown = value === null ? key : `${key}=${value}`;
      if (key === "filename" && value?.startsWith("/dev/")) return [`${shown} (a raw device)`];
      if (rule === undefined) return [`${shown} (not known to puntbench)`];
      return rule.use === "only" && !rule.values.includes(value ?? "1")
        ? [`${shown} (${rule.needs})`]
        : [];
    });
  }

  notes(): string[] {
    const leftOut = [...this.given.keys()].filter((key) => OPTIONS[key]?.use === "ignored");
    const notes = [this.preparationNote()];
    if (this.given.has("runtime") && !this.isOn("time_based")) {
      notes.push("runtime is only a limit here and is ignored: each block is written once");
    }
    if (leftOut.length > 0) notes.push(`ignored: ${leftOut.join(", ")}`);
    return notes;
  }

  private preparationNote(): string {
    if (this.isOn("overwrite"))
      return "the file is written before the measured requests (dd-prefill)";
    const mode = this.text("fallocate");
    const implied = `fallocate=${mode}${this.given.has("fallocate") ? "" : ", fio's default,"} is the preparation ${PREPARATIONS[mode]}`;
    return PREPARATIONS[mode] === "fallocate-0"
      ? `${implied}: the file is allocated before the writes, which hides the punts of a file that grows (fallocate=none shows them)`
      : implied;
  }

  private preparation(): Preparation {
    const mode = this.text("fallocate");
    const found = PREPARATIONS[mode];
    if (found === undefined) this.problems.push(`fallocate=${mode} (a file of holes)`);
    return found ?? "no-fallocate";
  }

  /** Where every block is written just once, a file that was not prefilled stays what its preparation made it. */
  private checkOnce(overwrites: boolean): void {
    if (overwrites) return;
    for (const key of ["time_based", "norandommap"]) {
      if (this.isOn(key))
        this.problems.push(`${key} without overwrite=1 (blocks that are written twice)`);
    }
  }

  private isForced(): boolean {
    const every = this.given.get("force_async") ?? "0";
    if (every !== "0" && every !== "1")
      this.problems.push(`force_async=${every} (only some requests forced)`);
    return every === "1";
  }

  /** fio lays out a file before it reads it, as it does before it overwrites it. */
  private isPrefilled(): boolean {
    return this.isOn("overwrite") || KINDS[this.text("rw")]?.operation !== undefined;
  }

  /** fio draws from the blocks that are left; its other generator gives a permutation. */
  private randomOrder(kind: Kind | undefined): Partial<Pick<Scenario, "order">> {
    const generator = this.text("random_generator");
    const known = ["tausworthe", "tausworthe64", "lfsr"].includes(generator);
    if (!known) this.problems.push(`random_generator=${generator} (another order)`);
    if (kind?.order !== "random") return {};
    return generator === "lfsr" || this.isOn("norandommap") ? {} : { order: "random-next" };
  }

  /** What each request is, besides its operation. */
  private request(operation: Scenario["operation"]): Partial<Scenario> {
    const direct = this.given.get("direct") === "1" || this.given.get("buffered") === "0";
    const sync = this.given.get("sync") ?? "none";
    const percent = this.given.get("rwmixread") ?? "50";
    return {
      ...(operation === "readwrite" && { readPercent: this.count("rwmixread", percent) ?? 50 }),
      ...(!direct && { io: this.isOn("uncached") ? ("uncached" as const) : ("buffered" as const) }),
      ...(sync === "dsync" && { durability: "o_dsync" as const }),
      ...this.groups(operation),
      // fio's requests with registered buffers have no vector, whatever nonvectored says.
      ...(this.given.get("nonvectored") === "0" && !this.isOn("fixedbufs") && { vectored: true }),
    };
  }

  /** fio gives each of its jobs files of its own, unless they are named. */
  private spread(): Pick<Scenario, "files" | "rings"> {
    const each = this.count("nrfiles", this.given.get("nrfiles") ?? "1") ?? 1;
    const rings = this.count("numjobs", this.given.get("numjobs") ?? "1") ?? 1;
    if (rings > 1 && this.given.has("filename"))
      this.problems.push("numjobs with filename (jobs that write the same blocks)");
    const files = each * rings;
    return { ...(files > 1 && { files }), ...(rings > 1 && { rings }) };
  }

  private ring(): Pick<Scenario, "ring"> {
    if (this.isOn("sqthread_poll") && this.isOn("hipri"))
      this.problems.push("hipri with sqthread_poll (a ring that polls on both sides)");
    if (this.isOn("sqthread_poll")) return { ring: "sqpoll" };
    return this.isOn("hipri") ? { ring: "iopoll" } : {};
  }

  private groups(operation: Scenario["operation"]): Pick<Scenario, "durability" | "groupWrites"> {
    const given = (["fsync", "fdatasync"] as const).filter((key) => this.isOn(key));
    const [sync] = given;
    if (sync === undefined) return {};
    if (given.length > 1) this.problems.push("fsync with fdatasync (groups of two kinds)");
    if (operation !== undefined) this.problems.push(`${sync} with reads (groups of writes)`);
    const groupWrites = this.count(sync, this.given.get(sync) ?? "1") ?? 1;
    return { durability: `group-${sync}`, groupWrites };
  }

  /** The driver registers buffers only together with the file. */
  private registered(): Pick<Scenario, "registeredBuffers" | "fixedFiles"> {
    const buffers = this.isOn("fixedbufs");
    const file = this.isOn("registerfiles");
    if (buffers && !file)
      this.problems.push("fixedbufs alone (registered buffers without a registered file)");
    return { registeredBuffers: buffers, ...(file && !buffers && { fixedFiles: true }) };
  }

  /** fio paces reads and writes apart. */
  private intervalNs(kind: Kind | undefined): number {
    if (!this.isOn("rate_iops")) return 0;
    if (kind?.operation === "readwrite") {
      this.problems.push("rate_iops with reads and writes (a pace for each)");
      return 0;
    }
    const perSecond = this.count("rate_iops", this.partFor("rate_iops", kind));
    return perSecond === null ? 0 : Math.round(1e9 / perSecond);
  }

  /** The part of "read,write" that is for these requests. */
  private partFor(key: string, kind: Kind | undefined): string {
    return valueFor(kind?.operation, this.text(key)) ?? this.text(key);
  }

  private lasts(): Pick<Scenario, "durationNs" | "rampNs"> {
    const durationNs = this.isOn("time_based") ? this.time("runtime") : null;
    if (this.isOn("time_based") && durationNs === null)
      this.problems.push("time_based without runtime");
    const rampNs = this.time("ramp_time");
    return { ...(durationNs && { durationNs }), ...(rampNs && { rampNs }) };
  }
}
