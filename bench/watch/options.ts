import { existsSync } from "node:fs";
import { join } from "node:path";
import { UsageError, UserError } from "../../terminal/errors.js";
import { integer, list } from "../../terminal/option-values.js";
import { parseDurationNs } from "../../terminal/units.js";
import { type ListenAddress, parseListenAddress } from "./listen-address.js";
import { readProcess, type Selection } from "./processes.js";

/** Ways to choose processes. */
export interface RawSelection {
  pid?: string;
  comm?: string;
  cgroup?: string;
  all?: boolean;
}

/** Options as commander hands them over: text. */
export interface RawWatchOptions extends RawSelection {
  interval: string;
  duration?: string;
  sample: string;
  top: string;
  json?: boolean;
  metrics?: string;
  out?: string;
}

export interface WatchCommandOptions {
  selection: Selection;
  intervalMs: number;
  /** null: until a signal. */
  durationMs: number | null;
  sampleShift: number;
  top: number;
  json: boolean;
  /** null: metrics are not served. */
  metrics: ListenAddress | null;
  /** Directory of results files; null: none is written. */
  out: string | null;
}

const LARGEST_PID = 2 ** 22;
const LEAST_INTERVAL_MS = 100;

/** Throws a UsageError with the remedy. */
export function parseWatchOptions(raw: RawWatchOptions): WatchCommandOptions {
  const intervalMs = parseDurationNs(raw.interval, "--interval") / 1e6;
  if (intervalMs < LEAST_INTERVAL_MS) {
    throw new UsageError(`--interval ${raw.interval}: too short`, "Choose 100ms or more.");
  }
  const sample = integer(raw.sample, "--sample", 1, 65_536);
  const sampleShift = Math.log2(sample);
  if (!Number.isInteger(sampleShift)) {
    throw new UsageError(`--sample ${raw.sample}: not a power of two`, "Choose 1, 2, 4, 8, ...");
  }
  return {
    selection: selectionOf(raw),
    intervalMs,
    durationMs:
      raw.duration === undefined ? null : parseDurationNs(raw.duration, "--duration") / 1e6,
    sampleShift,
    top: integer(raw.top, "--top", 1, 100_000),
    json: raw.json ?? false,
    out: raw.out ?? null,
    metrics: raw.metrics === undefined ? null : parseListenAddress(raw.metrics),
  };
}

/** Throws a UsageError when there is not exactly one, or nothing that it could mean. */
export function selectionOf({ pid, comm, cgroup, all }: RawSelection): Selection {
  const given = [pid, comm, cgroup, all].filter((value) => value !== undefined);
  if (given.length !== 1) {
    throw new UsageError(
      given.length === 0 ? "no processes are chosen" : "more than one way to choose processes",
      "Give one of --pid, --comm, --cgroup or --all.",
    );
  }
  if (pid !== undefined) {
    const ids = list(pid, "--pid").map((text) => integer(text, "--pid", 1, LARGEST_PID));
    const missing = ids.find((id) => readProcess(id) === null);
    if (missing !== undefined) {
      throw new UserError(`no process ${missing}`, "See: ps -e, or pgrep NAME.");
    }
    return { kind: "processes", ids };
  }
  if (comm !== undefined) return { kind: "name", name: comm };
  if (cgroup !== undefined) {
    const folder = cgroup.startsWith("/sys/fs/cgroup") ? cgroup : join("/sys/fs/cgroup", cgroup);
    if (!existsSync(join(folder, "cgroup.procs"))) {
      throw new UsageError(`--cgroup ${cgroup}: no such control group`, "See: systemd-cgls.");
    }
    return { kind: "cgroup", folder };
  }
  return { kind: "all" };
}
