import { scenarioKey } from "../../results/scenario.js";
import { comparisonJson } from "../comparison/output.js";
import { planJson } from "../plan/json.js";
import type { FleetAnswer } from "./fleet-text.js";
import { groupRows } from "./group-rows.js";

/** For programs: everything, with estimates as they are, and no list cut short. */
export function fleetJson({
  fleet,
  cells,
  outliers,
  watched,
  plan,
  comparison,
}: FleetAnswer): object {
  const leftOut = new Set(fleet.leftOut.map(({ name }) => name));
  return {
    hosts: fleet.hosts.map((host) => ({ ...host, leftOut: leftOut.has(host.name) })),
    groups: groupRows([...cells]).map(({ subject, scenario, hosts, hostsThatPunt, estimates }) => ({
      group: subject.kernelLabel,
      filesystem: subject.filesystem,
      emulated: subject.emulated,
      scenario: scenarioKey(scenario),
      ...scenario,
      hosts,
      hostsThatPunt,
      metrics: Object.fromEntries(estimates),
    })),
    outliers,
    watched,
    plan: plan && planJson(plan, null),
    comparison: comparison && comparisonJson(comparison),
  };
}
