import { writeSync } from "node:fs";
import type { LabProvenance } from "../../results/environment.js";
import { UsageError } from "../../terminal/errors.js";

/** The lab sets these environment variables for a command that it runs in a guest. */
const PROVENANCE = "PUNTBENCH_LAB";
const COST = "PUNTBENCH_COST";
const STATUS_DESCRIPTOR = "PUNTBENCH_STATUS_FD";
/** The scratch disk, where the guest's requests go to the disk itself. The guest's first process sets it. */
export const REQUESTED_DISK = "PUNTBENCH_LAB_DISK";

/** The serial that the lab's qemu gives the scratch disk of a guest. */
export const SCRATCH_SERIAL = "scratch";

/** Each line that a guest sends to the lab starts with this. */
export const STATUS_PREFIX = "puntbench-lab: ";

export interface LabGuest {
  provenance: LabProvenance;
  /** The guest's clock counts executed instructions, so CPU times are instructions. */
  countsInstructions: boolean;
  /** The command's open descriptor for status lines. */
  statusDescriptor: number;
}

/** What the lab sets for a command in a guest. */
export function labGuestVariables(guest: LabGuest): Record<string, string> {
  return {
    [PROVENANCE]: JSON.stringify(guest.provenance),
    [COST]: guest.countsInstructions ? "instructions" : "time",
    [STATUS_DESCRIPTOR]: String(guest.statusDescriptor),
  };
}

/**
 * The kernel package that the lab booted, and how it booted it; null outside a guest of the lab. The schema does not
 * check the text here, because an emulated CPU needs over a second to load zod. The lab checks the results
 * file later.
 */
export function labProvenance(): LabProvenance | null {
  const text = process.env[PROVENANCE];
  if (text === undefined || text === "") return null;
  try {
    const provenance = JSON.parse(text) as LabProvenance;
    if (typeof provenance.accelerator !== "string") throw new Error("no accelerator");
    return provenance;
  } catch {
    throw new UsageError(
      `${PROVENANCE} does not hold the lab's provenance`,
      "It is set by `puntbench lab`; unset it to measure this machine.",
    );
  }
}

/** The device that requests go to in the place of files; null: files, and always outside a guest of the lab. */
export function requestedDisk(): string | null {
  const path = process.env[REQUESTED_DISK];
  return path === undefined || labProvenance() === null ? null : path;
}

export function countsInstructions(): boolean {
  return process.env[COST] === "instructions";
}

/** Tells the lab how many trials are done; does nothing outside a guest of the lab. */
export function reportTrials(done: number, total: number): void {
  const descriptor = process.env[STATUS_DESCRIPTOR];
  if (descriptor === undefined || labProvenance() === null) return;
  writeSync(Number(descriptor), `${STATUS_PREFIX}trials ${done} ${total}\n`);
}
