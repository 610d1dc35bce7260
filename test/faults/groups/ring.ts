import { existsSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { EXIT } from "../../../terminal/errors.js";
import { buildProgram } from "../build-program.js";
import type { FaultCase, FaultGroup } from "../group.js";

/** Errnos that Node does not know (asm-generic/errno.h). */
const EBADR = 53;

interface RingFault {
  name: string;
  fault: string;
  /** The trial must go on: the kernel only asks for another attempt. */
  recovers: boolean;
}

const FAULTS: readonly RingFault[] = [
  { name: "partial submit", fault: "partial", recovers: true },
  { name: "EAGAIN", fault: String(constants.errno.EAGAIN), recovers: true },
  { name: "EBADR", fault: String(EBADR), recovers: false },
  { name: "ENOMEM", fault: String(constants.errno.ENOMEM), recovers: false },
  { name: "short write", fault: "short", recovers: false },
];
const DEPTHS = [1, 4, 32, 256];
const PACES = { "back to back": "0", paced: "100us" } as const;

function ringCase(
  { name, fault, recovers }: RingFault,
  depth: number,
  pace: keyof typeof PACES,
): FaultCase {
  return {
    name: `${name}, depth ${depth}, ${pace}`,
    async run(place) {
      const library = buildProgram("ring-fault", ["-shared", "-fPIC", "-ldl"]);
      const report = join(place.root, "report");
      const nth = depth === 256 ? 1 : 2;
      const args = [
        "bench",
        ...["--dir", place.dir, "--out", place.out, "--kernel-label", "fault", "--arms", "inline"],
        ...["--preparations", "dd-prefill", "--queue-depths", String(depth), "--seed", "1"],
        ...["--file-size", "4m", "--rounds", "1", "--interval", PACES[pace]],
      ];
      const ending = await place.run(args, {
        env: { LD_PRELOAD: library, PUNTBENCH_RING_FAULT: `${fault} ${nth} ${report}` },
      });
      if (recovers !== (ending.code === EXIT.ok)) {
        throw new Error(`exit code ${ending.code}: ${ending.stderr.trim().slice(-400)}`);
      }
      return { endings: [ending], reached: existsSync(report) };
    },
  };
}

export const ring: FaultGroup = {
  name: "ring",
  promise: "the ring of a trial takes only a part, refuses, loses completions or writes less",
  secondRunEvery: 10,
  cases: FAULTS.flatMap((fault) =>
    DEPTHS.flatMap((depth) => [
      ringCase(fault, depth, "back to back"),
      ringCase(fault, depth, "paced"),
    ]),
  ),
};
