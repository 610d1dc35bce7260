import { join } from "node:path";
import { loadDriver } from "../../native/index.js";
import { ACCOUNTING_TRIAL, chargedNs } from "./cpu-accounting.js";

// Run by cpu-accounting.ts inside a control group: prints the driver's figure and the kernel's.
const [group, folder] = process.argv.slice(2) as [string, string];
const driver = loadDriver();
const before = chargedNs(group);
const measured = await driver.runTrial({
  ...ACCOUNTING_TRIAL,
  path: join(folder, "driver-accounting"),
  order: "sequential",
  seed: 0,
  intervalNs: 0,
  registeredBuffers: false,
  settleNs: 0,
  countPunts: false,
});
const charged = chargedNs(group) - before;
const ownCpuNs = (measured.cpuNs.submitter ?? 0) + (measured.cpuNs.ioWq ?? 0);
process.stdout.write(JSON.stringify({ ownCpuNs, chargedNs: charged }));
