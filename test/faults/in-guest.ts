/**
 * Runs cases of the group `devices` inside a guest. Arguments: the seed, then the names of the cases. Each result is one
 * line of JSON on standard error, which the host gets at once.
 */

import { GUEST } from "../../bench/lab/image/job.js";
import { devices } from "./groups/devices.js";
import { runCase } from "./run-case.js";

// Only the lab's own command has this descriptor open, not what a case starts.
delete process.env.PUNTBENCH_STATUS_FD;
const [seed = "", ...names] = process.argv.slice(2);
for (const fault of devices.cases.filter(({ name }) => names.includes(name))) {
  const result = await runCase({ group: devices, fault }, seed, `${GUEST.scratch}/case`, true);
  process.stderr.write(`${JSON.stringify(result)}\n`);
}
