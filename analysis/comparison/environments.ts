import type { Header } from "../../results/schema.js";
import { formatBytes } from "../../terminal/units.js";
import { isEmulated } from "../cells/subject.js";
import type { Analysis } from "../loading/analysis.js";

export interface Difference {
  what: string;
  a: string;
  b: string;
}

export type Aspect = readonly [what: string, read: (header: Header) => string];

export const UNKNOWN = "not known";

/** What is known of a machine and bears on its figures; what changes them most comes first. */
export const ASPECTS: readonly Aspect[] = [
  ["kernel", ({ environment }) => environment.kernelRelease],
  ["device", deviceOf],
  ["filesystem", ({ environment }) => environment.filesystem?.type ?? UNKNOWN],
  ["mount options", ({ environment }) => environment.filesystem?.mountOptions.join(",") ?? UNKNOWN],
  ["scheduler", ({ environment }) => environment.device?.scheduler ?? UNKNOWN],
  ["write cache", ({ environment }) => environment.device?.writeCache ?? UNKNOWN],
  ["CPU", ({ environment }) => `${environment.cpuModel ?? UNKNOWN}, ${environment.cpuCount} CPUs`],
  ["governor", ({ environment }) => environment.governor ?? UNKNOWN],
  ["memory", ({ environment }) => formatBytes(environment.memoryBytes)],
  ["CONFIG_HZ", ({ environment }) => environment.kernelConfig.CONFIG_HZ ?? UNKNOWN],
  ["virtualisation", ({ environment }) => environment.virtualisation.hypervisor ?? "none found"],
  ["emulated", ({ environment }) => (isEmulated(environment) ? "yes" : "no")],
  ["puntbench", ({ toolVersion }) => toolVersion],
];

/** What differs between the sides; what changes the figures most comes first. */
export function environmentDifferences(a: Analysis, b: Analysis): Difference[] {
  return ASPECTS.flatMap(([what, read]) => {
    const [left, right] = [a, b].map((side) => valuesOf(side, read)) as [string, string];
    return left === right ? [] : [{ what, a: left, b: right }];
  });
}

function valuesOf(side: Analysis, read: Aspect[1]): string {
  const values = new Set(side.runs.map((run) => read(run.header)));
  // A watch measures no directory, so its header knows no device; the other runs of the side do.
  if (values.size > 1) values.delete(UNKNOWN);
  return [...values].sort().join(" and ");
}

function deviceOf({ environment }: Header): string {
  if (environment.device === null) return UNKNOWN;
  const { name, model, rotational } = environment.device;
  const kind = environment.lab ? `lab ${environment.lab.device}` : (model ?? "");
  const parts = [name ?? UNKNOWN, kind, rotational ? "rotational" : ""];
  return parts.filter((part) => part !== "").join(" ");
}
