import { gitCommit } from "../../terminal/git-commit.js";
import { type Failure, failuresOf, lookBefore } from "./checks.js";
import { randomFor } from "./draw.js";
import type { FaultCase, FaultGroup } from "./group.js";
import { Place } from "./place.js";
import type { CaseResult } from "./record.js";

/** A case, and the group that it belongs to. */
export interface Chosen {
  group: FaultGroup;
  fault: FaultCase;
}

const commit = gitCommit();

/** Runs one case in a directory of its own and the seven checks after it. `second` is that of `failuresOf`. */
export async function runCase(
  { group, fault }: Chosen,
  seed: string,
  root: string,
  second: boolean,
): Promise<CaseResult> {
  const startedAtMs = Date.now();
  const place = new Place(root, randomFor(seed, group.name, fault.name));
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
    seed,
    failures,
    reached,
    secondRun: second,
    ms: Date.now() - startedAtMs,
    at: new Date(startedAtMs).toISOString(),
    commit,
  };
}
