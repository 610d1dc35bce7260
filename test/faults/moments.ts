import { setTimeout as sleep } from "node:timers/promises";
import type { Ending } from "./ending.js";
import type { Place, Running } from "./place.js";

const durations = new Map<string, Promise<number>>();

/**
 * Starts a command, and lets `act` follow at a random moment of its life. How long it lives is measured once for each
 * `name`; a tenth is added, so that some moments come after its end.
 */
export async function atRandomMoment(
  place: Place,
  name: string,
  start: () => Running,
  act: (running: Running) => void,
): Promise<Ending> {
  const known = durations.get(name) ?? durationOf(start());
  durations.set(name, known);
  const lastsMs = await known;
  const running = start();
  await sleep(place.random() * lastsMs * 1.1);
  act(running);
  return running.ended;
}

async function durationOf({ ended }: Running): Promise<number> {
  const startedAtMs = performance.now();
  await ended;
  return performance.now() - startedAtMs;
}

/** Sends a signal, unless the program has ended. */
export function signal({ child }: Running, name: NodeJS.Signals): void {
  if (child.exitCode === null && child.signalCode === null) child.kill(name);
}
