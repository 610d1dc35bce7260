import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gitCommit } from "../../terminal/git-commit.js";
import { type Failure, failuresOf, lookBefore } from "./checks.js";
import { randomFor } from "./draw.js";
import type { FaultCase, FaultGroup } from "./group.js";
import { Place } from "./place.js";
import type { CaseResult, RunRecord } from "./record.js";

/** A case, and the group that it belongs to. */
export interface Chosen {
  group: FaultGroup;
  fault: FaultCase;
}

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
  for (let at = 0; at < chosen.length; ) {
    // Neighbours in the list that may run together.
    const width = atOnce(chosen[at] as Chosen);
    let end = at + 1;
    while (end < chosen.length && atOnce(chosen[end] as Chosen) === width) end += 1;
    const queue = chosen.slice(at, end);
    const worker = async (slot: number) => {
      for (let count = 1; queue.length > 0 && !isOver(run); count += 1) {
        const next = queue.shift() as Chosen;
        const every = next.group.secondRunEvery ?? 1;
        const second = count % every === 0 || queue.length < width;
        const result = await runCase(next, run, join(run.work, `case-${slot}`), second);
        run.record.add(result);
        run.show(result);
      }
    };
    await Promise.all(Array.from({ length: width }, (_, slot) => worker(slot)));
    if (isOver(run)) return;
    at = end;
  }
}

function atOnce({ group }: Chosen): number {
  return group.atOnce ?? 2;
}

function isOver({ endsAtMs, signal }: Run): boolean {
  return signal.aborted || Date.now() >= endsAtMs;
}

const commit = gitCommit();

async function runCase(
  { group, fault }: Chosen,
  run: Run,
  root: string,
  second: boolean,
): Promise<CaseResult> {
  const startedAtMs = Date.now();
  const place = new Place(root, randomFor(run.seed, group.name, fault.name));
  let failures: Failure[];
  let reached = false;
  try {
    const before = lookBefore(place);
    const end = await fault.run(place);
    reached = end.reached ?? true;
    failures = await failuresOf(group, place, end, before, second);
  } catch (error) {
    failures = [{ check: "case", what: (error as Error).stack ?? String(error) }];
  } finally {
    place.remove();
  }
  return {
    group: group.name,
    name: fault.name,
    seed: run.seed,
    failures,
    reached,
    secondRun: second,
    ms: Date.now() - startedAtMs,
    at: new Date(startedAtMs).toISOString(),
    commit,
  };
}
