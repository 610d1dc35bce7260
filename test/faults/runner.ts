import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInGuests } from "./guests.js";
import type { CaseResult, RunRecord } from "./record.js";
import { type Chosen, runCase } from "./run-case.js";

export interface Run {
  record: RunRecord;
  seed: string;
  /** Where the directories of cases are made. */
  work: string;
  /** When no further case is begun. */
  endsAtMs: number;
  /** Called with each result. */
  show(result: CaseResult): void;
  signal: AbortSignal;
}

/** A directory of root, on a filesystem with O_DIRECT. */
export function makeWork(parent = tmpdir()): { path: string; remove(): void } {
  const path = mkdtempSync(join(parent, "puntbench-faults-"));
  // Some cases run as another user.
  chmodSync(path, 0o711);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Runs cases in their order; so many at a time as their groups allow. */
export async function runCases(chosen: readonly Chosen[], run: Run): Promise<void> {
  const keep = (result: CaseResult) => {
    run.record.add(result);
    run.show(result);
  };
  for (let at = 0; at < chosen.length; ) {
    // Neighbours in the list that may run together.
    const { group } = chosen[at] as Chosen;
    const width = atOnce(chosen[at] as Chosen);
    const fits = (next: Chosen) => next.group.guest === group.guest && atOnce(next) === width;
    let end = at + 1;
    while (end < chosen.length && fits(chosen[end] as Chosen)) end += 1;
    const queue = chosen.slice(at, end);
    if (group.guest) await runInGuests(queue, group.guest, run.seed, () => isOver(run), keep);
    else await runHere(queue, width, run, keep);
    if (isOver(run)) return;
    at = end;
  }
}

async function runHere(
  queue: Chosen[],
  width: number,
  run: Run,
  keep: (result: CaseResult) => void,
): Promise<void> {
  const worker = async (slot: number) => {
    for (let count = 1; queue.length > 0 && !isOver(run); count += 1) {
      const next = queue.shift() as Chosen;
      const every = next.group.secondRunEvery ?? 1;
      const second = count % every === 0 || queue.length < width;
      keep(await runCase(next, run.seed, join(run.work, `case-${slot}`), second));
    }
  };
  await Promise.all(Array.from({ length: width }, (_, slot) => worker(slot)));
}

function atOnce({ group }: Chosen): number {
  return group.atOnce ?? 2;
}

function isOver({ endsAtMs, signal }: Run): boolean {
  return signal.aborted || Date.now() >= endsAtMs;
}
