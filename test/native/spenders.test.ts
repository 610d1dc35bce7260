import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import type { DriverMeasurement } from "../../native/index.js";
import { packageRoot } from "../../terminal/package-root.js";
import { cannotRun, driver, scratchFolder, smallTrial } from "../support/kernel.js";

const folder = scratchFolder();

test("kernel workers pay for the conversion of unwritten extents", async () => {
  const { cpuNs, warnings } = await driver.runTrial(
    smallTrial(folder, { preparation: "fallocate-0", fileSizeBytes: 4096 * 4096 }),
  );
  assert.deepEqual(warnings, []);
  // On every filesystem some kernel thread works while 4,096 writes are under way.
  assert.ok((cpuNs.kernelWorkers ?? 0) > 0);
});

test("what kernel workers do at rest is measured before the writes, and not where the trial does not rest", async () => {
  const { kernelWorkersIdle } = await driver.runTrial(smallTrial(folder, { settleNs: 20_000_000 }));
  assert.ok(kernelWorkersIdle);
  assert.ok(kernelWorkersIdle.wallNs >= 20_000_000);
  assert.ok(kernelWorkersIdle.cpuNs >= 0);
  const restless = await driver.runTrial(smallTrial(folder, { settleNs: 0 }));
  assert.equal(restless.kernelWorkersIdle, null);
});

test("the spenders together are not more than the whole system, whose source is named", async () => {
  const { cpuNs, systemCpuSource, systemCpuResolutionNs } = await driver.runTrial(
    smallTrial(folder, { preparation: "no-fallocate", fileSizeBytes: 4096 * 4096 }),
  );
  const resolutionNs = systemCpuResolutionNs ?? 0;
  assert.equal(systemCpuSource === "stat", resolutionNs > 1);
  const spenders = (cpuNs.submitter ?? 0) + (cpuNs.ioWq ?? 0) + (cpuNs.kernelWorkers ?? 0);
  const slackNs = 2 * resolutionNs + 2e6;
  assert.ok(spenders <= (cpuNs.system ?? 0) + slackNs, JSON.stringify(cpuNs));
});

const unshare = ["unshare", "--pid", "--fork", "--mount-proc"] as const;

test("in a PID namespace kernel workers are null, and a warning says why", {
  skip: cannotRun(...unshare, "true"),
}, () => {
  const request = smallTrial(folder, { countPunts: false });
  const index = join(packageRoot(), "dist/native/index.js");
  const script = `
    import { loadDriver } from ${JSON.stringify(index)};
    const { cpuNs, warnings } = await loadDriver().runTrial(${JSON.stringify(request)});
    process.stdout.write(JSON.stringify({ cpuNs, warnings }));`;
  const [command, ...options] = unshare;
  const args = [...options, process.execPath, "--input-type=module", "--eval", script];
  const output = execFileSync(command, args, { encoding: "utf8" });
  const { cpuNs, warnings } = JSON.parse(output) as Pick<DriverMeasurement, "cpuNs" | "warnings">;
  assert.equal(cpuNs.kernelWorkers, null);
  assert.match(warnings.join(), /no CPU time of kernel workers: \/proc shows no kernel threads/);
});
