import type { Tracefs } from "./tracefs.js";

/** Names hold the pid, so that a later run recognises what a killed run left behind. */
export const instanceName = (part: string) => `puntbench-${process.pid}-${part}`;
/** The name of an event group may not contain a dash. */
export const probeGroup = () => `puntbench_${process.pid}`;

const INSTANCE = /^puntbench-(\d+)-/;
const PROBE = /^[a-z]\d*:(puntbench_(\d+)\/\S+)/;

/** Instances and probes that puntbench processes made in tracefs, of those processes for which `belongs` is true. */
export function findLeftovers(
  tracefs: Tracefs,
  belongs: (pid: number) => boolean,
): { instances: string[]; probes: string[] } {
  const matches = (pid: string | undefined) => pid !== undefined && belongs(Number(pid));
  const instances = tracefs.list("instances").filter((name) => matches(INSTANCE.exec(name)?.[1]));
  const lines = tracefs.exists("kprobe_events") ? tracefs.read("kprobe_events").split("\n") : [];
  const probes = lines.flatMap((line) => {
    const [, name, pid] = PROBE.exec(line) ?? [];
    return name !== undefined && matches(pid) ? [name] : [];
  });
  return { instances, probes };
}

/** Removes instances first: a probe that is switched on in an instance cannot be removed. */
function removeLeftovers(tracefs: Tracefs, belongs: (pid: number) => boolean): void {
  const { instances, probes } = findLeftovers(tracefs, belongs);
  for (const name of instances) tracefs.removeInstance(name);
  for (const name of probes) tracefs.append("kprobe_events", `-:${name}\n`);
}

/** Removes what killed runs left behind. */
export function removeAbandoned(tracefs: Tracefs): void {
  removeLeftovers(tracefs, (pid) => !isAlive(pid));
}

export function removeOwn(tracefs: Tracefs): void {
  removeLeftovers(tracefs, (pid) => pid === process.pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
