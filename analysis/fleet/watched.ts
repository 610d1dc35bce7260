import { mean } from "simple-statistics";
import { groupBy } from "../cells/group-by.js";
import type { Run } from "../cells/run.js";
import { naturalOrder } from "../cells/subject.js";
import type { Estimate } from "../estimates/estimate.js";
import { medianInterval } from "../statistics/median-interval.js";

/** What the watched programs of a group's hosts do. */
export interface WatchedGroup {
  group: string;
  hosts: number;
  /** Cores that io-wq workers keep busy: all watched hosts together, and the median host. */
  coresInWorkers: number;
  coresOfHost: Estimate;
  /** Writes per second of all watched hosts. */
  writesPerSecond: number;
}

interface Load {
  cores: number;
  writesPerSecond: number;
}

/** By group, in their order. Of several watches of a host the mean. */
export function watchedGroups(runs: readonly Run[]): WatchedGroup[] {
  const watched = runs.filter(({ host, observations }) => host !== null && observations.length > 0);
  const groups = [...groupBy(watched, ({ header }) => header.kernelLabel)];
  groups.sort(([a], [b]) => naturalOrder.compare(a, b));
  return groups.map(([group, own]) => {
    const hosts = [...groupBy(own, ({ host }) => host).values()].map(loadOfHost);
    const cores = hosts.map((host) => host.cores);
    return {
      group,
      hosts: hosts.length,
      coresInWorkers: sum(cores),
      coresOfHost: {
        ...medianInterval(new Float64Array(cores).sort()),
        unit: "1",
        trials: own.length,
        boots: hosts.length,
      },
      writesPerSecond: sum(hosts.map((host) => host.writesPerSecond)),
    };
  });
}

function loadOfHost(runs: readonly Run[]): Load {
  const loads = runs.map(({ observations }): Load => {
    const seconds = (wallNs: number): number => wallNs / 1e9;
    return {
      cores: sum(observations.map(({ workerCpuNs, wallNs }) => workerCpuNs / wallNs)),
      writesPerSecond: sum(
        observations.flatMap(({ files, wallNs }) =>
          files
            .filter(({ operation }) => operation.startsWith("write"))
            .map(({ requests }) => requests / seconds(wallNs)),
        ),
      ),
    };
  });
  return {
    cores: mean(loads.map((load) => load.cores)),
    writesPerSecond: mean(loads.map((load) => load.writesPerSecond)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
