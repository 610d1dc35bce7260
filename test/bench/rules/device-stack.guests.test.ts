import assert from "node:assert/strict";
import { test } from "node:test";
import type { Finding } from "../../../bench/doctor/finding.js";
import type { Inspection } from "../../../bench/inspect/inspection.js";
import { type StackLayer, stackPrograms } from "../../../bench/lab/image/device-stack.js";
import { GUEST } from "../../../bench/lab/image/job.js";
import { inGuest, kernelOf, skip as noLab } from "../../support/guest.js";
import { cannotRun } from "../../support/kernel.js";

/** Layers below ext4, and whether an overwrite of written blocks punts; "not said": the rules do not know. */
const STACKS: readonly {
  kernel: string;
  stack: readonly StackLayer[];
  punts: boolean;
  rules: "punts" | "inline" | "not said";
}[] = [
  { kernel: "6.1", stack: ["luks"], punts: true, rules: "punts" },
  { kernel: "6.12", stack: ["luks"], punts: false, rules: "inline" },
  { kernel: "5.10", stack: ["raid1"], punts: true, rules: "punts" },
  { kernel: "6.1", stack: ["raid1"], punts: false, rules: "inline" },
  // The target behind a name of LVM is not known to the rules. It is linear here.
  { kernel: "6.1", stack: ["lvm"], punts: false, rules: "not said" },
  { kernel: "6.1", stack: ["luks", "lvm"], punts: true, rules: "punts" },
];

const PROGRAM = "dist/test/bench/rules/stack-in-guest.js";
const SAID = new Map<unknown, string>([
  [true, "punts"],
  [false, "inline"],
  [null, "not said"],
]);

interface Answer {
  writes: number;
  puntCount: number;
  inspection: Inspection;
  diagnosis: { findings: Finding[] };
}

for (const { kernel, stack, punts, rules } of STACKS) {
  const programs = stackPrograms(stack);
  const skip = noLab || programs.map((name) => cannotRun(name, "--version")).find(Boolean) || false;
  test(`ext4 on ${stack.join(", below ")} on Linux ${kernel}: every write ${punts ? "punts" : "goes inline"}, and inspect and doctor agree`, {
    skip,
  }, async (context) => {
    const printed = await inGuest({
      kernel: await kernelOf(kernel),
      settings: { stack, guestPrograms: programs },
      command: [`${GUEST.puntbench}/${PROGRAM}`, GUEST.scratch],
      extraFiles: [PROGRAM],
    });
    const { writes, puntCount, inspection, diagnosis }: Answer = JSON.parse(printed);
    context.diagnostic(`${puntCount} of ${writes} writes punt`);
    // The first write to an inode may punt on ext4.
    if (punts) assert.equal(puntCount, writes);
    else assert.ok(puntCount <= 1, `${puntCount} of ${writes}`);
    const [region] = inspection.regions ?? [];
    const said = SAID.get((region?.predictionUncached ?? region?.prediction)?.punts);
    assert.equal(said, rules, JSON.stringify(region));
    const layers = diagnosis.findings.filter(({ check }) => check === "device");
    const warned = layers.some(({ severity }) => severity === "warning");
    // Below a name of LVM there may be a target that refuses not to wait: doctor warns of what it cannot rule out.
    assert.equal(warned, rules !== "inline", JSON.stringify(layers));
  });
}
