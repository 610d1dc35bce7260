import type { Header } from "../../results/schema.js";
import { type Analysis, analyse } from "../loading/analysis.js";
import { type Examined, examine } from "./examine.js";
import type { GroupKey } from "./group-key.js";
import { type Host, hostsIn } from "./hosts.js";

/** The hosts of a fleet, and the figures of those without doubts. */
export interface Fleet {
  hosts: readonly Examined[];
  /** Of `hosts`, those whose figures are not in `analysis`. */
  leftOut: readonly Examined[];
  /** Its subjects are the groups: the name of the group stands in the place of the kernel label. */
  analysis: Analysis;
}

export interface FleetOptions {
  groupOf: GroupKey;
  /** Another name for a run than that of its group, e.g. whether its host is a canary. */
  labelOf?: (header: Header, host: string | null) => string;
  withDoubtful: boolean;
}

/** Reads the headers of all hosts, then everything of the hosts that may be averaged. Throws UserError. */
export async function readFleet(
  paths: readonly string[],
  { groupOf, labelOf = groupOf, withDoubtful }: FleetOptions,
  found?: readonly Host[],
): Promise<Fleet> {
  const hosts = examine(found ?? (await hostsIn(paths)), groupOf);
  const leftOut = withDoubtful ? [] : hosts.filter(({ doubts }) => doubts.length > 0);
  const without = new Set(leftOut.map(({ name }) => name));
  const analysis = await analyse(paths, {
    wanted: (_, { host }) => !without.has(host?.name ?? ""),
    labelOf: (header, { host }) => labelOf(header, host?.name ?? null),
  });
  return { hosts, leftOut, analysis };
}
