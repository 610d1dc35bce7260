import { existsSync } from "node:fs";
import { UsageError } from "../../terminal/errors.js";
import { word } from "../../terminal/option-values.js";
import { parseBytes, parseDurationNs } from "../../terminal/units.js";
import { type RawSelection, selectionOf } from "../watch/options.js";
import type { Selection } from "../watch/processes.js";

/** Options as commander hands them over: text. */
export interface RawRecordOptions extends RawSelection {
  output: string;
  duration?: string;
  maxSize: string;
  buffer: string;
  anonymise?: boolean;
  json?: boolean;
  from?: string;
  export?: string;
}

export interface RecordOptions {
  selection: Selection;
  output: string;
  /** null: until a signal, or the end of the program. */
  durationMs: number | null;
  sizeBytesMax: number;
  /** Room in the kernel for events that were not read yet. */
  bufferBytes: number;
  anonymise: boolean;
  json: boolean;
}

const LEAST_BUFFER_BYTES = 1 << 16;
const MOST_BUFFER_BYTES = 1 << 30;

/** Throws a UsageError with the remedy. */
export function parseRecordOptions(raw: RawRecordOptions): RecordOptions {
  const selection = selectionOf(raw);
  refuseExisting(raw.output);
  const bufferBytes = parseBytes(raw.buffer, "--buffer");
  const isPower = Number.isInteger(Math.log2(bufferBytes));
  if (!isPower || bufferBytes < LEAST_BUFFER_BYTES || bufferBytes > MOST_BUFFER_BYTES) {
    throw new UsageError(
      `--buffer ${raw.buffer}: not a power of two from 64k to 1G`,
      "Choose 64M, for example.",
    );
  }
  return {
    selection,
    output: raw.output,
    durationMs:
      raw.duration === undefined ? null : parseDurationNs(raw.duration, "--duration") / 1e6,
    sizeBytesMax: parseBytes(raw.maxSize, "--max-size"),
    bufferBytes,
    anonymise: raw.anonymise ?? false,
    json: raw.json ?? false,
  };
}

export const EXPORTS = ["fio-iolog"] as const;

/** What is exported, and where to. Throws a UsageError with the remedy. */
export function parseExportOptions(raw: RawRecordOptions): { from: string; output: string } {
  const { from, output } = raw;
  word(raw.export ?? "", EXPORTS, "--export");
  if (from === undefined) {
    throw new UsageError("--export needs a recording that was made before", "Name it with --from.");
  }
  if (raw.pid ?? raw.comm ?? raw.cgroup ?? raw.all) {
    throw new UsageError(
      "--export records nothing",
      "Leave out --pid, --comm, --cgroup and --all.",
    );
  }
  refuseExisting(output);
  return { from, output };
}

function refuseExisting(output: string): void {
  if (!existsSync(output)) return;
  throw new UsageError(`--output ${output} exists`, "Name a new file; nothing is overwritten.");
}
