import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Call, cannotFailCalls, type Fault, failingOnce } from "../fail-call.js";
import type { FaultCase, FaultGroup } from "../group.js";
import { smallBench } from "../small-commands.js";

const NTH = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const ERRORS: readonly Fault[] = ["ENOSPC", "EIO", "EDQUOT", "EINTR", "524"];
/** These can do a part of what is asked for; for the others memory runs out in its place. */
const TRANSFERS: readonly Call[] = ["read", "write", "io_uring_enter"];
/** What the bench calls at least ten times: in two rounds of five preparations, or in four of those that allocate. */
const CALLS: readonly Call[] = [
  "openat",
  "read",
  "write",
  "statx",
  "getdents64",
  "unlink",
  "fallocate",
  "fdatasync",
  "ftruncate",
  "ioctl",
  "perf_event_open",
  "io_uring_setup",
  "io_uring_enter",
  "io_uring_register",
];
const PREPARATIONS = "no-fallocate,fallocate-0,keep-size,zero-range,dd-prefill";
const FALLOCATING = "fallocate-0,keep-size,zero-range";

function failingCase(call: Call, fault: Fault, nth: number): FaultCase {
  return {
    name: `${call} ${fault} ${nth}`,
    async run(place) {
      const report = join(place.root, "report");
      const prefix = failingOnce(call, fault, nth, report);
      const bench =
        call === "fallocate"
          ? smallBench(place, FALLOCATING, 4)
          : smallBench(place, PREPARATIONS, 2);
      const ending = await place.run(bench, { prefix });
      return { endings: [ending], reached: existsSync(report) };
    },
  };
}

export const systemCalls: FaultGroup = {
  name: "system-calls",
  promise: "the n-th system call of a bench fails, or does only a part",
  cannotRun: cannotFailCalls,
  secondRunEvery: 10,
  cases: CALLS.flatMap((call) => {
    const faults: Fault[] = [...ERRORS, TRANSFERS.includes(call) ? "short" : "ENOMEM"];
    return faults.flatMap((fault) => NTH.map((nth) => failingCase(call, fault, nth)));
  }),
};
