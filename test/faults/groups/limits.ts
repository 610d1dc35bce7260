import { ControlGroup, type Controller, missingControllers } from "../control-group.js";
import type { Ending } from "../ending.js";
import { type Call, cannotFailCalls, failingAlways } from "../fail-call.js";
import type { CaseEnd, FaultCase, FaultGroup } from "../group.js";
import type { Place } from "../place.js";
import { smallBench, smallExplain } from "../small-commands.js";

type Arguments = (place: Place) => string[];
const bench: Arguments = (place) => smallBench(place);
const registered: Arguments = (place) => [...smallBench(place), "--registered-buffers"];
const probe: Arguments = ({ dir }) => ["probe", dir];

const MIB = 2 ** 20;

/**
 * Limits of prlimit(1), values, and who meets them. Most values are those with which Node.js just starts: below them
 * Node.js aborts or, short of threads, waits for ever before it reads any code of puntbench.
 */
const LIMITS: [string, number[], Arguments, "root" | "nobody"][] = [
  ["nofile", [16, 24, 34, 36, 38, 40, 42, 44, 48, 64], bench, "root"],
  ["nofile", [34, 38, 40, 44, 48], smallExplain, "root"],
  ["fsize", [0, 1024, 4096, 16384, 65536, 262144], bench, "root"],
  ["as", [512 * MIB, 1024 * MIB, 2048 * MIB, 4096 * MIB, 8192 * MIB], bench, "root"],
  ["data", [64 * MIB, 128 * MIB, 256 * MIB], bench, "root"],
  ["stack", [65536, 262144], bench, "root"],
  ["nproc", [11, 12, 13, 14, 15, 16], bench, "nobody"],
  ["memlock", [0, 4096, 65536], bench, "nobody"],
  ["memlock", [0, 4096, 65536], registered, "nobody"],
];

/** Node.js itself could not go on, in words of Node.js, V8 or the dynamic linker. Modules are loaded before any work. */
const OF_NODE =
  /EMFILE: too many open files, open '.*\.js'|pthread_create: |Fatal|FATAL ERROR|out of memory|Out of memory|Assertion .* failed|error while loading shared libraries|Aborted|node::/;

/** It then ends as by SIGKILL: the next run names what is left. */
function nodeItselfEnded({ code, signal, stderr }: Ending): boolean {
  const crashed = ["SIGABRT", "SIGTRAP", "SIGSEGV", "SIGILL"].includes(signal ?? "");
  const unloaded = code === 1 && /defaultLoad|ModuleLoader/.test(stderr);
  return (
    (crashed || unloaded || code === 134 || code === 127) && (stderr === "" || OF_NODE.test(stderr))
  );
}

/**
 * Runs as root, or as a user without rights, for whom the limits of threads and of locked memory hold. No other case has
 * the same user, because the kernel counts the threads of all its processes.
 */
async function ended(place: Place, args: string[], prefix: string[], user: "root" | "nobody") {
  if (user === "root") return endOf(await place.run(args, { prefix }));
  const id = 40_000 + Math.floor(place.random() * 20_000);
  const asUser = ["setpriv", "--reuid", `${id}`, "--regid", `${id}`, "--clear-groups"];
  place.giveTo(id);
  const ending = await place.run(args, { prefix: [...asUser, ...prefix] });
  place.giveTo(0);
  return endOf(ending);
}

function endOf(ending: Ending): CaseEnd {
  return { endings: [ending], cutOff: nodeItselfEnded(ending) };
}

function limitCases([limit, values, args, user]: (typeof LIMITS)[number]): FaultCase[] {
  return values.map((value) => ({
    name: `${user}, ${args === bench ? "bench" : args === registered ? "registered" : "explain"}, ${limit} ${value}`,
    run: (place) => ended(place, args(place), ["prlimit", `--${limit}=${value}:${value}`], user),
  }));
}

/** Limits of containers. With too little memory the kernel kills the process, which is SIGKILL. */
const CONTAINERS: [Controller, number[], Arguments][] = [
  ["pids", [8, 10, 11, 12, 13, 14, 16, 20], bench],
  ["pids", [12, 14, 16], smallExplain],
  ["memory", [16 * MIB, 32 * MIB, 48 * MIB, 64 * MIB, 96 * MIB, 128 * MIB], bench],
];

function containerCases([controller, limits, args]: (typeof CONTAINERS)[number]): FaultCase[] {
  return limits.map((limit) => ({
    name: `control group, ${args === bench ? "bench" : "explain"}, ${controller} ${limit}`,
    async run(place) {
      const group = new ControlGroup(controller, limit, place.root);
      const ending = await place.run(args(place), { prefix: group.prefix });
      await group.remove();
      const outOfMemory = controller === "memory" && ending.signal === "SIGKILL";
      return { endings: [ending], cutOff: outOfMemory || nodeItselfEnded(ending) };
    },
  }));
}

/** Calls that filters of container runtimes refuse, or old kernels do not know. */
const REFUSED: [string, Arguments, Call[]][] = [
  [
    "bench",
    bench,
    [
      "io_uring_setup",
      "io_uring_enter",
      "io_uring_register",
      "perf_event_open",
      "fsopen",
      "fallocate",
      "statx",
      "fadvise64",
      "flock",
      "preadv2",
      "sched_setaffinity",
    ],
  ],
  ["probe", probe, ["io_uring_setup", "pwritev2", "io_setup"]],
  ["explain", smallExplain, ["fsopen", "perf_event_open"]],
];

function refusedCases([command, args, calls]: (typeof REFUSED)[number]): FaultCase[] {
  return calls.flatMap((call) =>
    (["EPERM", "ENOSYS"] as const).map((fault) => ({
      name: `${command}, ${call} ${fault}`,
      run: (place: Place) => ended(place, args(place), failingAlways(call, fault), "root"),
    })),
  );
}

export const limits: FaultGroup = {
  name: "limits",
  promise: "limits of files, sizes, memory and threads, and calls that a filter refuses",
  cannotRun: () =>
    cannotFailCalls() ??
    (missingControllers().length > 0
      ? `no control groups with ${missingControllers().join(" and ")}`
      : null),
  secondRunEvery: 10,
  mayAlsoEnd: nodeItselfEnded,
  cases: [
    ...LIMITS.flatMap(limitCases),
    ...CONTAINERS.flatMap(containerCases),
    ...REFUSED.flatMap(refusedCases),
  ],
};
