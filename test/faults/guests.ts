import { join } from "node:path";
import { GUEST } from "../../bench/lab/image/job.js";
import { inGuest, kernelOf } from "../support/guest.js";
import { testFiles } from "../support/guest-suite.js";
import type { GuestNeeds } from "./group.js";
import type { CaseResult } from "./record.js";
import type { Chosen } from "./run-case.js";

/** An emulated guest does so many in a few minutes, where it has a processor to itself. */
const CASES_PER_GUEST = 5;
const GUEST_MS = 540_000;

/** Runs cases of one group in guests, one guest after the other. Throws when a guest ends before its last case. */
export async function runInGuests(
  queue: readonly Chosen[],
  needs: GuestNeeds,
  seed: string,
  isOver: () => boolean,
  keep: (result: CaseResult) => void,
): Promise<void> {
  for (let at = 0; at < queue.length && !isOver(); at += CASES_PER_GUEST) {
    const names = queue.slice(at, at + CASES_PER_GUEST).map(({ fault }) => fault.name);
    await runInGuest([seed, ...names], needs, keep);
  }
}

async function runInGuest(
  args: readonly string[],
  { kernel, programs, modules }: GuestNeeds,
  keep: (result: CaseResult) => void,
): Promise<void> {
  const log: string[] = [];
  const onLog = (line: string) => {
    if (line.startsWith('{"group":')) keep(JSON.parse(line));
    else log.push(line);
  };
  const program = join(GUEST.puntbench, "dist/test/faults/in-guest.js");
  await inGuest({
    kernel: await kernelOf(kernel),
    settings: { guestPrograms: programs, guestModules: modules, cpus: 2 },
    limits: { totalMs: GUEST_MS },
    command: [program, ...args],
    extraFiles: testFiles(),
    watcher: { onLog },
  }).catch((error: Error) => {
    throw new Error(`${error.message}\n${log.slice(-20).join("\n")}`);
  });
}
