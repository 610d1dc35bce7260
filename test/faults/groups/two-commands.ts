import { setTimeout as sleep } from "node:timers/promises";
import { EVERY_COMMAND } from "../every-command.js";
import type { FaultCase, FaultGroup } from "../group.js";
import { cannotRunLab } from "../lab-template.js";
import type { Place } from "../place.js";

const clean = () => ["lab", "clean"];

/** Commands that use the same thing: a directory, tracefs, BPF, the cache. */
const PAIRS: [string, string][] = [
  ["bench", "bench"],
  ["bench", "explain"],
  ["explain", "explain"],
  ["bench", "doctor"],
  ["explain", "doctor"],
  ["watch", "watch"],
  ["bench", "probe"],
  ["lab", "lab"],
  ["lab", "lab clean"],
];

const NAMESPACE = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"];

/** After `lab clean` a lab would fetch a kernel for minutes: without a network it says so at once. */
const NO_NETWORK = ["unshare", "--net"];

/** Words before the first and the second command. In a new PID namespace each has the number 1. */
const WHERE: { [name: string]: [string[], string[]] } = {
  "same host": [[], []],
  "other PID namespace": [[], NAMESPACE],
  "same pid": [NAMESPACE, NAMESPACE],
};

function argumentsOf(command: string, place: Place): string[] {
  return command === "lab clean" ? clean() : (EVERY_COMMAND[command]?.(place) ?? []);
}

function pairCase([first, second]: [string, string], where: string): FaultCase {
  const network = first === "lab" ? NO_NETWORK : [];
  const [before, beside] = WHERE[where] as [string[], string[]];
  // `lab clean` names what it must keep, and the lab what it misses. In a PID namespace no write can be traced.
  const mayFail =
    second === "lab clean" || (where !== "same host" && [first, second].includes("explain"));
  return {
    name: `${first} and ${second}, ${where}`,
    async run(place) {
      const args = argumentsOf(first, place);
      // The lab's cache is filled once.
      const others = first === second ? args : argumentsOf(second, place);
      const one = place.start(args, { prefix: [...network, ...before] });
      await sleep(place.random() * 300);
      const other = place.start(others, { prefix: [...network, ...beside] });
      const endings = await Promise.all([one.ended, other.ended]);
      return { endings, codes: mayFail ? [0, 1] : [0] };
    },
  };
}

export const twoCommands: FaultGroup = {
  name: "two-commands",
  promise: "two commands at once, on one host, in two PID namespaces, and with the same pid",
  cannotRun: cannotRunLab,
  atOnce: 1,
  cases: Object.keys(WHERE).flatMap((where) => PAIRS.map((pair) => pairCase(pair, where))),
};
