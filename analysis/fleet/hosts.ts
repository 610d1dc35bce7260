import type { Header } from "../../results/schema.js";
import { UserError } from "../../terminal/errors.js";
import { groupBy } from "../cells/group-by.js";
import { FLEET_FOLDER, type HostFolder } from "../cells/host.js";
import { loadRuns } from "../loading/load.js";

/** One host of a fleet, as the headers of its results files describe it. */
export interface Host {
  name: string;
  headers: readonly Header[];
  folder: string;
}

/** Every host once, by name, from the headers alone; none where the results are not of a fleet. Throws UserError. */
export async function hostsIn(paths: readonly string[]): Promise<Host[]> {
  const seen: { header: Header; host: HostFolder }[] = [];
  await loadRuns(
    paths,
    { add: () => {} },
    {
      wanted: (header, { host }) => {
        if (host !== null) seen.push({ header, host });
        return false;
      },
    },
  );
  const hosts = [...groupBy(seen, ({ host }) => host.name)].map(
    ([name, runs]): Host => ({
      name,
      headers: runs.map(({ header }) => header),
      folder: (runs[0] as (typeof runs)[number]).host.path,
    }),
  );
  return hosts.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Throws UserError with fewer than two hosts. */
export function assertFleet(paths: readonly string[], hosts: readonly Host[]): void {
  if (hosts.length > 1) return;
  const found = hosts.length === 0 ? "no host" : `one host, ${hosts[0]?.name}`;
  throw new UserError(
    `${paths.join(", ")}: ${found}; a fleet has two at least`,
    `Put the results of each host into a folder of its own below a folder named ${FLEET_FOLDER}, as results/${FLEET_FOLDER}/web1/.`,
  );
}
