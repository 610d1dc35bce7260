import { join } from "node:path";
import { GUEST } from "../../bench/lab/image/job.js";
import { inGuest, kernelOf } from "../support/guest.js";
import { testFiles } from "../support/guest-suite.js";
import type { GuestNeeds } from "./group.js";
import type { CaseResult } from "./record.js";
import type { Chosen } from "./run-case.js";

/** An emulated guest does so many in a few minutes; what it did not send at its end is lost. */
const CASES_PER_GUEST = 5;
const GUEST_MS = 540_000;

/** Runs cases of one group in guests, one guest after the other. */
export async function runInGuests(
  queue: readonly Chosen[],
  needs: GuestNeeds,
  seed: string,
  isOver: () => boolean,
  keep: (result: CaseResult) => void,
): Promise<void> {
  for (let at = 0; at < queue.length && !isOver(); at += CASES_PER_GUEST) {
    const names = queue.slice(at, at + CASES_PER_GUEST).map(({ fault }) => fault.name);
    for (const result of await resultsOf(names, needs, seed)) keep(result);
  }
}

async function resultsOf(
  names: readonly string[],
  { kernel, programs, modules }: GuestNeeds,
  seed: string,
): Promise<CaseResult[]> {
  const log: string[] = [];
  const program = join(GUEST.puntbench, "dist/test/faults/in-guest.js");
  const printed = await inGuest({
    kernel: await kernelOf(kernel),
    settings: { guestPrograms: programs, guestModules: modules, cpus: 2 },
    limits: { totalMs: GUEST_MS },
    command: [program, seed, ...names],
    extraFiles: testFiles(),
    watcher: { onLog: (line) => void log.push(line) },
  }).catch((error: Error) => {
    throw new Error(`${error.message}\n${log.slice(-20).join("\n")}`);
  });
  return printed
    .split("\n")
    .filter((line) => line !== "")
    .map((line): CaseResult => JSON.parse(line));
}
