import { appendFileSync, existsSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { isAlive } from "../../../terminal/is-alive.js";

/** Names hold the pid, so that a later run recognises what a killed run left behind. */
export const instanceName = (part: string) => `puntbench-${process.pid}-${part}`;
/** The name of an event group may not contain a dash. */
export const probeGroup = () => `puntbench_${process.pid}`;

const INSTANCE = /^puntbench-(\d+)-/;
const PROBE = /^[a-z]\d*:(puntbench_(\d+)\/\S+)/;

/** Instances and probes that puntbench processes made in tracefs, of those processes for which `belongs` is true. */
export function findLeftovers(
  tracefs: string,
  belongs: (pid: number) => boolean,
): { instances: string[]; probes: string[] } {
  const matches = (pid: string | undefined) => pid !== undefined && belongs(Number(pid));
  const instances = readdirSync(`${tracefs}/instances`);
  const definitions = `${tracefs}/kprobe_events`;
  const lines = existsSync(definitions) ? readFileSync(definitions, "utf8").split("\n") : [];
  const probes = lines.flatMap((line) => {
    const [, name, pid] = PROBE.exec(line) ?? [];
    return name !== undefined && matches(pid) ? [name] : [];
  });
  return { instances: instances.filter((name) => matches(INSTANCE.exec(name)?.[1])), probes };
}

/** Removes instances first: a probe that is switched on in an instance cannot be removed. */
function removeLeftovers(tracefs: string, belongs: (pid: number) => boolean): void {
  const { instances, probes } = findLeftovers(tracefs, belongs);
  for (const name of instances) rmdirSync(`${tracefs}/instances/${name}`);
  // Appended: a write from the start would remove the probes of other programs.
  for (const name of probes) appendFileSync(`${tracefs}/kprobe_events`, `-:${name}\n`);
}

/** Removes what killed runs left behind. */
export function removeAbandoned(tracefs: string): void {
  removeLeftovers(tracefs, (pid) => !isAlive(pid));
}

export function removeOwn(tracefs: string): void {
  removeLeftovers(tracefs, (pid) => pid === process.pid);
}
