import { Measurement } from "./schema.js";
import { SCHEMA_VERSION } from "./vocabulary.js";

type Json = Record<string, unknown>;

/** A header of version 1 becomes one of today's; any other value is returned as it is. */
export function upgradeHeader(value: Json): Json {
  if (value.schemaVersion !== 1) return value;
  const environment = { ...(value.environment as Json), bootId: null };
  return { ...value, environment, schemaVersion: SCHEMA_VERSION };
}

/**
 * A trial of version 1 becomes one of today's: version 1 had the members of `measurement` in the trial itself.
 * Any other value is returned as it is.
 */
export function upgradeTrial(value: Json): Json {
  if (value.type !== "trial" || !("writes" in value)) return value;
  const measured = Object.keys(Measurement.shape);
  const entries = Object.entries(value);
  const members = entries.filter(([name]) => measured.includes(name));
  const others = entries.filter(([name]) => !measured.includes(name));
  const measurement = { ...Object.fromEntries(members), ...spendersOf(value), submitCall: null };
  // Such a trial failed or was skipped before its first write.
  const empty = value.status !== "ok" && value.workersPeak === null;
  return { ...Object.fromEntries(others), measurement: empty ? null : measurement };
}

/** Version 1 did not count kernel workers, and did not say where the CPU time of the system came from. */
function spendersOf({ cpuNs, instructions }: Json): Json {
  const spenders = (by: unknown) => by && { ...by, kernelWorkers: null };
  return {
    cpuNs: spenders(cpuNs),
    instructions: spenders(instructions) ?? null,
    systemCpuSource: null,
  };
}
