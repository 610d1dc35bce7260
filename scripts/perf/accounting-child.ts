import { join } from "node:path";
import { type DriverMeasurement, loadDriver, type TrialRequest } from "../../native/index.js";
import { ACCOUNTING_TRIAL, chargedNs, type DriverAccounting } from "./cpu-accounting.js";

// Run by cpu-accounting.ts inside a control group: prints the driver's figures and the kernel's.
const [group, folder] = process.argv.slice(2) as [string, string];
const driver = loadDriver();
const trial: TrialRequest = {
  ...ACCOUNTING_TRIAL,
  path: join(folder, "driver-accounting"),
  order: "sequential",
  seed: 0,
  intervalNs: 0,
  registeredBuffers: false,
  settleNs: 0,
  countPunts: false,
};
/** A machine that spends more than this without us is not quiet, and its total says nothing about our figures. */
const QUIET_CPUS = 0.1;

// Four writes in a second: the meters run, and the machine is idle.
const idle = await driver.runTrial({ ...trial, fileSizeBytes: 4 * 4096, intervalNs: 250_000_000 });
const before = chargedNs(group);
const measured = await driver.runTrial(trial);
const charged = chargedNs(group) - before;

const processNs = ({ cpuNs }: DriverMeasurement) => sum(cpuNs.submitter, cpuNs.ioWq);
const spendersNs = (of: DriverMeasurement) => sum(processNs(of), of.cpuNs.kernelWorkers);
const idleRate = (sum(idle.cpuNs.system) - spendersNs(idle)) / idle.wallNs;
const printed: DriverAccounting = {
  processNs: processNs(measured),
  chargedNs: charged,
  spendersNs: spendersNs(measured),
  systemNs: idleRate > QUIET_CPUS ? null : sum(measured.cpuNs.system) - idleRate * measured.wallNs,
};
process.stdout.write(JSON.stringify(printed));

/** NaN where one is unknown. */
function sum(...amounts: (number | null)[]): number {
  return amounts.reduce<number>((total, amount) => total + (amount ?? Number.NaN), 0);
}
