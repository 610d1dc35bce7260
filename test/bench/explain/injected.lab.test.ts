import assert from "node:assert/strict";
import { test } from "node:test";
import type { CheckReport } from "../../../bench/explain/check.js";
import { BACKENDS } from "../../../bench/explain/recorder.js";
import { findProgram } from "../../../terminal/find-program.js";
import { puntbench } from "../../support/puntbench.js";
import { committedRows, keyOf, rowOf, updateRow } from "./observable-causes.js";

const missing = ["qemu-system-x86_64", "busybox"].filter((name) => findProgram(name) === null);

const skip: string | false =
  missing.length > 0 ? `SKIPPED, needs ${missing.join(", ")}: ./scripts/bootstrap --lab` : false;

/** What to boot: all that the committed table has, or PUNTBENCH_LAB_KERNELS=6.1,6.12 PUNTBENCH_LAB_FILESYSTEMS=ext4. */
function guests(): { kernel: string; filesystem: string; backend: string }[] {
  const { PUNTBENCH_LAB_KERNELS: kernels, PUNTBENCH_LAB_FILESYSTEMS: filesystems } = process.env;
  if (kernels === undefined) {
    return [...committedRows().values()].map(([filesystem, kernel, backend]) => ({
      kernel: kernel as string,
      filesystem: filesystem as string,
      backend: backend as string,
    }));
  }
  return kernels
    .split(",")
    .flatMap((kernel) =>
      (filesystems ?? "ext4")
        .split(",")
        .flatMap((filesystem) => BACKENDS.map((backend) => ({ kernel, filesystem, backend }))),
    );
}

/** The kernels and the filesystem for which at least 95 % of the punts of every injected cause must be named. */
const COMPLETE = new Set(["ext4 6.1 kprobes", "ext4 6.12 kprobes"]);

async function checked(kernel: string, filesystem: string, backend: string): Promise<CheckReport> {
  const guest = ["--kernels", kernel, "--filesystems", filesystem, "--accelerator", "tcg"];
  const explain = ["--explain", "--check", "--backend", backend, "--json"];
  const { code, stdout, stderr } = await puntbench(["lab", ...guest, ...explain]);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

for (const { kernel, filesystem, backend } of guests()) {
  test(`${kernel} ${filesystem}, ${backend}: no punt of an injected cause is given a wrong cause`, {
    skip,
  }, async () => {
    const report = await checked(kernel, filesystem, backend);
    assert.equal(report.backend, backend);
    assert.ok(report.plants.length > 0);
    for (const { plant, wrong, outcome, punts, evidence } of report.plants) {
      assert.deepEqual(wrong, {}, `${plant}: ${evidence}`);
      assert.ok(punts > 0, `${plant}: ${outcome}, ${evidence}`);
    }
    const row = rowOf(report, filesystem);
    if (COMPLETE.has(keyOf(row))) {
      for (const { plant, named, punts } of report.plants) {
        assert.ok(named >= 0.95 * punts, `${plant}: ${named} of ${punts} named`);
      }
    }
    if (process.env.PUNTBENCH_UPDATE === "1") updateRow(row);
    else assert.deepEqual(row, committedRows().get(keyOf(row)), "as the committed table says");
  });
}
