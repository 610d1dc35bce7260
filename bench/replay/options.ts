import { PREPARATIONS, type Preparation } from "../../results/vocabulary.js";
import { UsageError } from "../../terminal/errors.js";
import { integer, list, word } from "../../terminal/option-values.js";
import { parseBytes } from "../../terminal/units.js";
import { parseKernelLabel } from "../run/kernel-label.js";

/** Options as commander hands them over: text. */
export interface RawReplayOptions {
  dir: string;
  kernelLabel?: string;
  out: string;
  pace: string;
  speed: string;
  whatIf?: string;
  maxSpace?: string;
  json?: boolean;
}

export const PACES = ["recorded", "as-fast-as-possible"] as const;
export type Pace = (typeof PACES)[number];

export interface ReplayOptions {
  dir: string;
  kernelLabel: string;
  /** The folder for results files. */
  out: string;
  pace: Pace;
  /** 2: twice as fast as recorded. */
  speed: number;
  whatIf: WhatIf;
  /** null: a tenth of the free space. */
  maxSpaceBytes: number | null;
  json: boolean;
}

/** What is changed against the recording. */
export interface WhatIf {
  /** State of the files before the first request; null: the recorded one. */
  preparation: Preparation | null;
  /** Most bounded io-wq workers of each ring; null: as many as the kernel allows. */
  iowqWorkers: number | null;
}

/** Throws a UsageError with the remedy. */
export function parseReplayOptions(raw: RawReplayOptions): ReplayOptions {
  const pace = word(raw.pace, PACES, "--pace");
  return {
    dir: raw.dir,
    kernelLabel: parseKernelLabel(raw.kernelLabel),
    out: raw.out,
    pace,
    speed: parseSpeed(raw.speed, pace),
    whatIf: parseWhatIf(raw.whatIf),
    maxSpaceBytes: raw.maxSpace === undefined ? null : parseBytes(raw.maxSpace, "--max-space"),
    json: raw.json ?? false,
  };
}

function parseSpeed(text: string, pace: Pace): number {
  const speed = /^\d+(\.\d+)?x?$/.test(text) ? Number.parseFloat(text) : 0;
  if (speed < 0.01 || speed > 1000) {
    throw new UsageError(`--speed ${text}: not from 0.01x to 1000x`, "Write it like 2x or 0.5x.");
  }
  if (speed !== 1 && pace !== "recorded") {
    throw new UsageError("--speed needs the recorded pace", "Leave out --pace.");
  }
  return speed;
}

function parseWhatIf(text: string | undefined): WhatIf {
  const changes: WhatIf = { preparation: null, iowqWorkers: null };
  if (text === undefined) return changes;
  for (const part of list(text, "--what-if")) {
    const [name, value = ""] = part.split("=");
    if (name === "preparation") {
      changes.preparation = word(value, PREPARATIONS, "--what-if preparation");
    } else if (name === "iowq-workers") {
      changes.iowqWorkers = integer(value, "--what-if iowq-workers", 1, 65_535);
    } else {
      throw new UsageError(
        `--what-if: unknown change '${name}'`,
        "Known: preparation=NAME, iowq-workers=COUNT.",
      );
    }
  }
  return changes;
}
