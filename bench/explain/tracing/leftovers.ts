import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
} from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { isAbandoned } from "../../../native/held-directory.js";
import type { Driver } from "../../../native/index.js";
import { UserError } from "../../../terminal/errors.js";

/** Whose an instance or a probe is. Two processes have the same pid in two PID namespaces, but not the same token. */
interface Owner {
  pid: number;
  token: string;
}

const own: Owner = { pid: process.pid, token: randomBytes(4).toString("hex") };

/** Names hold their owner, so that a later run recognises what a killed run left behind. */
export const instanceName = (part: string) => `puntbench-${own.pid}-${own.token}-${part}`;
/** The name of an event group may not contain a dash. */
export const probeGroup = () => `puntbench_${own.pid}_${own.token}`;

// Earlier versions made names without a token.
const INSTANCE = /^puntbench-(\d+)-(?:([0-9a-f]{8})-)?/;
const PROBE = /^[a-z]\d*:(puntbench_(\d+)(?:_([0-9a-f]{8}))?\/\S+)/;

const ownerOf = (pid: string | undefined, token: string | undefined): Owner => ({
  pid: Number(pid),
  token: token ?? "",
});
const keyOf = ({ pid, token }: Owner) => `${pid} ${token}`;

function instanceOwner(name: string): Owner {
  const [, pid, token] = INSTANCE.exec(name) ?? [];
  return ownerOf(pid, token);
}

/** Instances and probes that puntbench processes made in tracefs, of those owners for which `belongs` is true. */
export function findLeftovers(
  tracefs: string,
  belongs: (owner: Owner) => boolean,
): { instances: string[]; probes: string[] } {
  const instances = readdirSync(`${tracefs}/instances`).filter((name) => INSTANCE.test(name));
  const definitions = `${tracefs}/kprobe_events`;
  const lines = existsSync(definitions) ? readFileSync(definitions, "utf8").split("\n") : [];
  const probes = lines.flatMap((line) => {
    const [, name, pid, token] = PROBE.exec(line) ?? [];
    return name !== undefined && belongs(ownerOf(pid, token)) ? [name] : [];
  });
  return { instances: instances.filter((name) => belongs(instanceOwner(name))), probes };
}

/** Removes instances first: a probe that is switched on in an instance cannot be removed. Goes on after an error. */
function removeLeftovers(tracefs: string, belongs: (owner: Owner) => boolean): void {
  const { instances, probes } = findLeftovers(tracefs, belongs);
  const failed: string[] = [];
  const attempt = (what: string, remove: () => void) => {
    try {
      remove();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Gone: another run has removed it.
      if (code !== "ENOENT") failed.push(`${what} (${code})`);
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

/**
 * Removes what killed runs left behind: what belongs to a process none of whose instances is held. Does nothing while
 * another process is in `whileMaking`, whose new instance nobody holds yet.
 */
export function removeAbandoned(driver: Driver, tracefs: string): void {
  const folder = openSync(`${tracefs}/instances`, constants.O_DIRECTORY);
  try {
    if (!driver.lockFile(folder, "exclusive")) return;
    const { instances } = findLeftovers(tracefs, () => true);
    // A tracer holds only its first instance, for all that it makes.
    const held = instances.filter((name) => !isAbandoned(driver, `${tracefs}/instances/${name}`));
    const alive = new Set(held.map((name) => keyOf(instanceOwner(name))));
    removeLeftovers(tracefs, (owner) => !alive.has(keyOf(owner)));
  } finally {
    closeSync(folder);
  }
}

const SWEEP_MS_MAX = 10_000;
const ASK_EVERY_MS = 10;

/** Makes an instance and takes hold of it while no other process looks for abandoned ones. */
export async function whileMaking<Made>(
  driver: Driver,
  tracefs: string,
  make: () => Made,
): Promise<Made> {
  const folder = openSync(`${tracefs}/instances`, constants.O_DIRECTORY);
  try {
    const givesUpAtMs = Date.now() + SWEEP_MS_MAX;
    while (!driver.lockFile(folder, "shared") && Date.now() < givesUpAtMs)
      await sleep(ASK_EVERY_MS);
    return make();
  } finally {
    closeSync(folder);
  }
}

export function removeOwn(tracefs: string): void {
  removeLeftovers(tracefs, (owner) => keyOf(owner) === keyOf(own));
}
