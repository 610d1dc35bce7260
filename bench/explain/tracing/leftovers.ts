import type { Tracefs } from "./tracefs.js";

/** Names carry the pid, so that a later run knows what a killed one left. */
export const instanceName = (part: string) => `puntbench-${process.pid}-${part}`;
/** The name of a group of events may hold no dash. */
export const probeGroup = () => `puntbench_${process.pid}`;

const INSTANCE = /^puntbench-(\d+)-/;
const PROBE = /^[a-z]\d*:(puntbench_(\d+)\/\S+)/;

/** Instances and probes in tracefs that belong to a process for which `isOurs` holds. */
export function findOurs(
  tracefs: Tracefs,
  isOurs: (pid: number) => boolean,
): { instances: string[]; probes: string[] } {
  const matches = (pid: string | undefined) => pid !== undefined && isOurs(Number(pid));
  const instances = tracefs.list("instances").filter((name) => matches(INSTANCE.exec(name)?.[1]));
  const lines = tracefs.exists("kprobe_events") ? tracefs.read("kprobe_events").split("\n") : [];
  const probes = lines.flatMap((line) => {
    const [, name, pid] = PROBE.exec(line) ?? [];
    return name !== undefined && matches(pid) ? [name] : [];
  });
  return { instances, probes };
}

/** Instances first: a probe that is switched on in one cannot be removed. */
export function removeOurs(tracefs: Tracefs, isOurs: (pid: number) => boolean): number {
  const { instances, probes } = findOurs(tracefs, isOurs);
  for (const name of instances) tracefs.removeInstance(name);
  for (const name of probes) tracefs.append("kprobe_events", `-:${name}\n`);
  return instances.length + probes.length;
}

/** What runs left that were killed before they could clean up. Returns how much it was. */
export function removeAbandoned(tracefs: Tracefs): number {
  return removeOurs(tracefs, (pid) => !isAlive(pid));
}

export function removeOwn(tracefs: Tracefs): void {
  removeOurs(tracefs, (pid) => pid === process.pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
