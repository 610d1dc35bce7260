import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { release, version } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { mountOf } from "../../../bench/environment/mount.js";
import { INJECTED_CAUSES } from "../../../bench/explain/injected/injected-causes.js";
import { runningKernelVersion } from "../../../bench/rules/kernel-version.js";
import {
  type CauseCounts,
  type CauseFinder,
  openCauseFinder,
} from "../../../bench/watch/causes.js";
import type { ObservedCause } from "../../../results/vocabulary.js";
import { packageRoot } from "../../../terminal/package-root.js";
import { noPuntCounter, scratchFolder } from "../../support/kernel.js";
import { committedRows } from "../explain/observable-causes.js";

const folder = scratchFolder();

function tryToOpen(): { finder: CauseFinder | null; skip: string | false } {
  try {
    // Every punt, because a file may get the inode number of the one before it, and then its share of the records.
    return { finder: openCauseFinder({ everything: false, name: "" }, 0), skip: noPuntCounter };
  } catch (error) {
    return { finder: null, skip: `SKIPPED, BPF does not work here: ${(error as Error).message}` };
  }
}
const { finder, skip } = tryToOpen();
after(() => finder?.close());

interface Line {
  about: "writes" | "written";
  plant: string;
  expected: ObservedCause;
  inode: number;
}

interface Seen {
  expected: ObservedCause;
  /** Punts that were looked at, by the cause that was named. */
  named: Partial<Record<ObservedCause, number>>;
}

/** Lets another process plant its causes; what was named for each. */
async function namedForPlants(causes: CauseFinder): Promise<Map<string, Seen>> {
  const program = join(packageRoot(), "dist/test/bench/watch/planted-causes.js");
  const child = spawn(process.execPath, [program, folder], { stdio: ["pipe", "pipe", "inherit"] });
  const process_ = child.pid as number;
  causes.add(process_);
  const seen = new Map<string, Seen>();
  for await (const text of createInterface({ input: child.stdout })) {
    const { about, plant, expected, inode }: Line = JSON.parse(text);
    const added = causes.look();
    if (about === "written") {
      const known = seen.get(plant) ?? { expected, named: {} };
      addShares(known.named, added, process_, inode);
      seen.set(plant, known);
    }
    child.stdin.write("\n");
  }
  return seen;
}

function addShares(named: Seen["named"], added: CauseCounts, process_: number, inode: number) {
  for (const { place, shares } of added.all()) {
    if (place.process !== process_ || place.inode !== inode) continue;
    for (const { cause, punts } of shares) named[cause] = (named[cause] ?? 0) + punts;
  }
}

/** A clock tick may come before another cause; the same is left out of what explain --check counts. */
function withoutTicks({ expected, named }: Seen): Seen["named"] {
  const { timestamp, ...others } = named;
  return expected === "timestamp" ? named : others;
}

/**
 * Causes that explain does not name on this kernel either: a row of bench/explain/observable-causes.md says so. Where
 * this kernel has no row, every cause must be named.
 */
function notNamedByExplain(steps: readonly string[]): Set<string> {
  const { type } = mountOf(folder) ?? { type: "" };
  const { major, minor } = runningKernelVersion(release(), version());
  const backend = steps.includes(`write_${type}`) ? "kprobes" : "tracepoints";
  const row = committedRows().get(`${type} ${major}.${minor} ${backend}`) ?? [];
  return new Set(
    INJECTED_CAUSES.filter((_, index) => /^(unknown|-)$/.test(row[index + 3] ?? "")).map(
      ({ name }) => name,
    ),
  );
}

/** A worker may hold the lock of the inode still, and a record may not decide. */
const NOT_WRONG = new Set<string>(["lock-contended", "unknown"]);

test("causes that another process plants are named: 95 % of the punts of each, and none wrong", {
  skip,
}, async (context) => {
  const causes = finder as CauseFinder;
  const hidden = notNamedByExplain(causes.causes.attached());
  const seen = await namedForPlants(causes);
  assert.ok(seen.size >= 3, [...seen.keys()].join());
  for (const [plant, found] of seen) {
    const named = withoutTicks(found);
    const what = `${plant}: ${JSON.stringify(found.named)}`;
    context.diagnostic(what);
    const all = Object.values(named).reduce((sum, punts) => sum + punts, 0);
    const right = named[found.expected] ?? 0;
    if (!hidden.has(plant)) {
      assert.ok(all > 0, what);
      assert.ok(right >= 0.95 * all, what);
    }
    const isWrong = (cause: string) => cause !== found.expected && !NOT_WRONG.has(cause);
    assert.deepEqual(Object.keys(named).filter(isWrong), [], what);
  }
});
