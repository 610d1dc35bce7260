import assert from "node:assert/strict";
import { test } from "node:test";
import { measuredWrites, reproduce, reproductionJson } from "../../../bench/lab/reproduce/cells.js";
import { nowaitCells } from "../../../bench/lab/reproduce/nowait.js";
import { PUBLISHED, PUBLISHED_NOWAIT } from "../../../bench/lab/reproduce/published.js";
import { returnValues, returnValuesText } from "../../../bench/lab/reproduce/return-values.js";
import { reproductionText } from "../../../bench/lab/reproduce/text.js";
import { instructionCost } from "../../../bench/lab/session/instruction-table.js";
import type { LabKernel } from "../../../bench/lab/session/kernels.js";
import { planBoots } from "../../../bench/lab/session/plan.js";
import type { Measurement, Trial } from "../../../results/schema.js";

/** A trial of which only the named fields matter. */
function trial(measured: Partial<Measurement>, fields: Partial<Trial> = {}): Trial {
  const measurement = { writes: 512, puntCount: 0, instructions: null, ...measured };
  return { status: "ok", reason: null, measurement, ...fields } as Trial;
}

const scenario = (preparation: string) => ({ preparation }) as Trial["scenario"];

/** Trials that agree with the published table. */
function agreeing(): Map<string, Trial[]> {
  const trials = new Map<string, Trial[]>();
  for (const { kernel, preparation, writes } of PUBLISHED) {
    const puntCount = writes === "punted" ? 512 : 1;
    trials.set(kernel, [
      ...(trials.get(kernel) ?? []),
      trial({ puntCount }, { scenario: scenario(preparation) }),
    ]);
  }
  return trials;
}

const probe = (answers: Record<string, string>) =>
  JSON.stringify({
    preparations: Object.entries(answers).map(([preparation, answer]) => ({
      preparation,
      oracles: { ioUring: answer, pwritev2: answer, libaio: answer },
    })),
  });

const AGREEING_PROBE = probe({
  "fallocate-0": "EAGAIN",
  "zero-range": "EAGAIN",
  "dd-prefill": "ok",
});

test("a punt in a few hundred writes is still inline, and half of them is neither", () => {
  assert.equal(measuredWrites([trial({ puntCount: 1 })]), "inline");
  assert.equal(measuredWrites([trial({ puntCount: 512 })]), "punted");
  assert.equal(measuredWrites([trial({ puntCount: 256 })]), "50 % punted");
});

test("what was not counted, failed or was skipped does not agree", () => {
  assert.equal(measuredWrites([trial({ puntCount: null })]), "not counted");
  assert.equal(measuredWrites([]), "not counted");
  assert.match(
    measuredWrites([trial({}, { status: "skipped", reason: "no fallocate" })]),
    /no fallocate/,
  );
});

test("ten agreeing cells are ten of ten in the JSON object", () => {
  const cells = reproduce(PUBLISHED, agreeing());
  const nowait = nowaitCells(PUBLISHED_NOWAIT, AGREEING_PROBE);
  const object = reproductionJson(cells, nowait, []) as Record<string, unknown>;
  assert.equal(object.agreeing, 10);
  assert.equal(object.total, 10);
  assert.deepEqual((object.cells as object[])[0], {
    kernel: "6.1",
    preparation: "no-fallocate",
    published: "punted",
    measured: "punted",
    agrees: true,
  });
});

const RETURNED = returnValues(
  "6.12",
  JSON.stringify({
    scenarios: [
      {
        scenario: { preparation: "fallocate-0" },
        submitterGot: { "-11 (EAGAIN)": 512 },
        workerGot: { "8192": 200, "-529 (EIOCBQUEUED)": 311, "-5 (EIO)": 1 },
      },
    ],
  }),
);

test("return values are shown beside the published cell, the most frequent first", () => {
  const text = "-11, then -529 or 8192 from the worker";
  assert.equal(RETURNED.map(returnValuesText).join(), text);
  assert.deepEqual(returnValues("6.12", "not JSON"), []);
});

test("a cell that differs is marked in the table", () => {
  const trials = agreeing();
  trials.set("6.12", [trial({ puntCount: 512 }, { scenario: scenario("fallocate-0") })]);
  const cells = reproduce(PUBLISHED, trials);
  const differing = cells.filter((cell) => !cell.agrees);
  assert.equal(differing.length, 5);
  const nowait = nowaitCells(PUBLISHED_NOWAIT, probe({ "dd-prefill": "EAGAIN" }));
  assert.equal(nowait.filter((cell) => cell.agrees).length, 0);
  const text = reproductionText(cells, nowait, RETURNED);
  assert.match(
    text,
    /fallocate-0 .* punts \(-11, then -529 or 8192 from the worker\) {2}<- differs/,
  );
  assert.match(text, /dd-prefill +ok +EAGAIN {2}<- differs/);
  assert.match(text, /5 of 10 cells of the first table agree, 0 of 6 of the second/);
});

const kernelNamed = (label: string) => ({ label }) as LabKernel;

test("kernels are booted in alternating order", () => {
  const planned = planBoots(["a", "b"].map(kernelNamed), ["ext4", "xfs"], 2);
  assert.deepEqual(
    planned.map(({ kernel, filesystem, boot }) => `${kernel.label} ${filesystem} ${boot}`),
    ["a ext4 0", "a xfs 0", "b ext4 0", "b xfs 0", "b xfs 1", "b ext4 1", "a xfs 1", "a ext4 1"],
  );
});

const nobody = { submitter: null, ioWq: null, kernelWorkers: null, system: null };
const counted = (system: number) =>
  trial(
    {
      writes: 1000,
      latency: null,
      issueDelay: null,
      cpuNs: nobody,
      contextSwitches: nobody,
      instructions: { submitter: 8e6, ioWq: 0, kernelWorkers: 0, system },
    },
    { scenario: scenario("dd-prefill") },
  );

test("boots that agree are averaged, and their spread is stated", () => {
  const cost = instructionCost([[counted(40e6)], [counted(40.4e6)]]);
  assert.equal(cost?.perWrite?.instructionsSystem, 40_200);
  assert.equal(cost?.boots, 2);
  assert.ok(Math.abs((cost?.spread ?? 0) - 0.01) < 1e-9);
});

test("boots that disagree by more than 5 % are unstable, not averaged", () => {
  const cost = instructionCost([[counted(40e6)], [counted(43e6)]]);
  assert.equal(cost?.perWrite, null);
});

test("trials without instructions have no cost", () => {
  assert.equal(instructionCost([[trial({ instructions: null })]]), null);
});
