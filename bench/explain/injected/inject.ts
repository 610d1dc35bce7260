import { rmSync } from "node:fs";
import type { Driver, TrialRequest } from "../../../native/index.js";
import { type InjectedCause, type SystemUnderTest, USUAL_WRITES } from "./injected-cause.js";
import { ticksPunt } from "./injected-causes.js";

export interface InjectionContext {
  driver: Driver;
  system: SystemUnderTest;
  /** Path of a new file in the scratch directory. */
  pathOf(name: string): string;
  signal: AbortSignal;
}

/**
 * Prepares the files of an injected cause, and calls `write` for each of them while what disturbs them runs. Removes
 * them afterwards. Throws CannotInject.
 */
export async function inject<Write>(
  { driver, system, pathOf, signal }: InjectionContext,
  injected: InjectedCause,
  write: (request: TrialRequest) => Promise<Write[]>,
): Promise<Write[]> {
  const files = Math.max(injected.files ?? 1, ticksPunt(system) ? FILES_WITH_TICKS : 1);
  const writing = { ...USUAL_WRITES, ...paceOf(system), ...injected.request };
  const requests = Array.from({ length: files }, (_, file) => ({
    ...writing,
    path: pathOf(`injected-${file}`),
  }));
  const writes: Write[] = [];
  try {
    for (const request of requests) await injected.prepare(driver, request);
    await injected.afterPreparing?.();
    for (const request of requests) {
      signal.throwIfAborted();
      const endDisturbance = await injected.disturb?.(request.path);
      try {
        writes.push(...(await write(request)));
      } finally {
        await endDisturbance?.();
      }
    }
    return writes;
  } finally {
    for (const { path } of requests) rmSync(path, { force: true });
  }
}

/** On a slow machine most writes come after a tick, and few are left to show another cause. */
const FILES_WITH_TICKS = 4;

/** Far longer than the worker of the write before needs to leave the filesystem and release its lock. */
const PACE_NS = 10_000_000;

/**
 * Paced, so that no write meets the lock of the worker before. Where ticks punt, a paced write punts for the tick
 * alone, so there several writes share a tick. On ext4 they do not: they would meet that lock.
 */
function paceOf(system: SystemUnderTest): { queueDepth?: number; intervalNs?: number } {
  if (!ticksPunt(system)) return { intervalNs: PACE_NS };
  return system.filesystem === "xfs" ? { queueDepth: 8 } : {};
}
