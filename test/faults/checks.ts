import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { EXIT } from "../../terminal/errors.js";
import type { Ending } from "./ending.js";
import type { CaseEnd, FaultGroup } from "./group.js";
import { leftoversOf, tracefsLeftovers } from "./leftovers.js";
import { outsideDigest } from "./outside.js";
import type { Place } from "./place.js";
import { survivorsOf } from "./processes.js";
import { brokenResults } from "./results-files.js";
import { smallBench } from "./small-commands.js";
import { tracingPrograms, unheldPrograms } from "./unheld-programs.js";

/** What follows every case. */
export const CHECKS = [
  "exit code",
  "stack trace",
  "results",
  "leftovers",
  "outside",
  "processes",
  "second run",
] as const;

export interface Failure {
  check: (typeof CHECKS)[number] | "case";
  what: string;
}

/** qemu is killed with the lab, and a killed process with a large memory needs its time. */
const ENDS_WITHIN_MS = 5_000;
const DOCUMENTED: readonly number[] = Object.values(EXIT);
const TRACES = [
  /^\s+at .*[:(]\d+:\d+\)?$/m,
  /^\s+at .*node:internal/m,
  /internal error/,
  /UnhandledPromiseRejection|Uncaught/,
  /AddressSanitizer|terminate called|FATAL ERROR|Assertion .* failed/,
];

export function hasTrace({ stdout, stderr }: Ending): boolean {
  return TRACES.some((pattern) => pattern.test(stdout) || pattern.test(stderr));
}

/** How the machine was before a case. */
export interface Before {
  outside: string;
  tracefs: string[];
  /** Ids of BPF programs. */
  programs: ReadonlySet<number>;
}

export function lookBefore(place: Place): Before {
  return {
    outside: outsideDigest(place),
    tracefs: tracefsLeftovers(),
    programs: new Set(tracingPrograms().map(({ id }) => id)),
  };
}

/** The seven checks. `second` false leaves the second run out, where a group runs it once for several cases. */
export async function failuresOf(
  group: FaultGroup,
  place: Place,
  end: CaseEnd,
  before: Before,
  second: boolean,
): Promise<Failure[]> {
  const failures: Failure[] = [];
  const add = (check: Failure["check"], whats: readonly string[]) => {
    for (const what of whats) failures.push({ check, what });
  };
  for (const ending of end.endings) addEnding(add, group, end, ending);
  add("processes", await survivorsOf(place.marker, ENDS_WITHIN_MS));
  add("results", brokenResults(place.out));
  if (second || end.cutOff) await runAgain(add, group, place, end.cutOff === true);
  add("leftovers", leftoversOf(place, before.tracefs));
  add("leftovers", await unheldPrograms(before.programs));
  if (outsideDigest(place) !== before.outside) add("outside", ["the tree outside has changed"]);
  return failures;
}

type Add = (check: Failure["check"], whats: readonly string[]) => void;

function addEnding(add: Add, group: FaultGroup, end: CaseEnd, ending: Ending): void {
  const { command, code, signal, stderr } = ending;
  const codes = end.codes ?? DOCUMENTED;
  const asDocumented = codes.includes(code ?? -1) || (end.cutOff && signal === "SIGKILL");
  if (/fault suite: it hung/.test(stderr)) add("exit code", [`${command}: it hung`]);
  else if (!asDocumented && !group.mayAlsoEnd?.(ending)) {
    add("exit code", [
      `${command}: ${signal ?? `exit code ${code}`}; ${stderr.trim().slice(-300)}`,
    ]);
  }
  if (hasTrace(ending) && !group.mayAlsoEnd?.(ending)) {
    add("stack trace", [`${command}: ${stderr.trim().slice(0, 600)}`]);
  }
}

/** After SIGKILL the next run must name each scratch directory that was left; its advice is then followed. */
async function runAgain(add: Add, group: FaultGroup, place: Place, cutOff: boolean): Promise<void> {
  const left = readdirSync(place.dir);
  const ending = await (group.secondRun?.(place) ?? place.run(smallBench(place)));
  if (ending.code !== EXIT.ok) {
    add("second run", [
      `${ending.command}: exit code ${ending.code}; ${ending.stderr.trim().slice(-400)}`,
    ]);
  }
  add("results", brokenResults(place.out));
  add("processes", await survivorsOf(place.marker, ENDS_WITHIN_MS));
  if (!cutOff) return;
  for (const name of left) {
    if (!ending.stderr.includes(name)) add("leftovers", [`the next run does not name ${name}`]);
    rmSync(join(place.dir, name), { recursive: true, force: true });
  }
}
