import { appendFileSync, existsSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { isAbandoned } from "../../../native/held-directory.js";
import type { Driver } from "../../../native/index.js";
import { UserError } from "../../../terminal/errors.js";

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
  const instances = readdirSync(`${tracefs}/instances`).filter((name) => INSTANCE.test(name));
  const definitions = `${tracefs}/kprobe_events`;
  const lines = existsSync(definitions) ? readFileSync(definitions, "utf8").split("\n") : [];
  const probes = lines.flatMap((line) => {
    const [, name, pid] = PROBE.exec(line) ?? [];
    return name !== undefined && matches(pid) ? [name] : [];
  });
  return { instances: instances.filter((name) => matches(INSTANCE.exec(name)?.[1])), probes };
}

/** Removes instances first: a probe that is switched on in an instance cannot be removed. Goes on after an error. */
function removeLeftovers(tracefs: string, belongs: (pid: number) => boolean): void {
  const { instances, probes } = findLeftovers(tracefs, belongs);
  const failed: string[] = [];
  const attempt = (what: string, remove: () => void) => {
    try {
      remove();
    } catch (error) {
      failed.push(`${what} (${(error as NodeJS.ErrnoException).code})`);
    }
  };
  for (const name of instances) {
    attempt(`instances/${name}`, () => rmdirSync(`${tracefs}/instances/${name}`));
  }
  // Appended: a write from the start would remove the probes of other programs.
  for (const name of probes) {
    attempt(name, () => appendFileSync(`${tracefs}/kprobe_events`, `-:${name}\n`));
  }
  if (failed.length === 0) return;
  throw new UserError(
    `left in tracefs: ${failed.join(", ")}`,
    "End the program that uses them, then run `puntbench explain` again: it removes what killed runs left.",
  );
}

/** Removes what killed runs left behind: what belongs to a process none of whose instances is held. */
export function removeAbandoned(driver: Driver, tracefs: string): void {
  const { instances } = findLeftovers(tracefs, () => true);
  // A tracer holds only its first instance, for all that it makes.
  const held = instances.filter((name) => !isAbandoned(driver, `${tracefs}/instances/${name}`));
  const alive = new Set(held.map((name) => Number(INSTANCE.exec(name)?.[1])));
  removeLeftovers(tracefs, (pid) => !alive.has(pid));
}

export function removeOwn(tracefs: string): void {
  removeLeftovers(tracefs, (pid) => pid === process.pid);
}
