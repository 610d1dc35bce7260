import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import type { Header } from "../../../results/schema.js";
import { puntbench } from "../../support/puntbench.js";
import { type FixtureHost, writeFleet } from "../fixture-fleet.js";

/** Made-up hosts that differ little, in a folder that is removed after the tests of a file. */
export const folder = mkdtempSync(join(tmpdir(), "puntbench-fleet-"));
after(() => rmSync(folder, { recursive: true }));

export const SMALL = {
  rounds: 2,
  writes: 256,
  queueDepths: [8],
  preparations: ["fallocate-0", "dd-prefill"],
  arms: ["inline"],
} as const;
export const DEPTH8 = ["--only", "depth=8"];

export function host(name: string, seed: number, more: Partial<FixtureHost> = {}): FixtureHost {
  const slowness = 1 + 0.03 * Math.sin(seed);
  return {
    host: name,
    seed,
    kernelLabel: "6.1",
    unwrittenPunts: true,
    slowness,
    ...SMALL,
    ...more,
  };
}

export function hosts(
  prefix: string,
  count: number,
  more: Partial<FixtureHost> = {},
): FixtureHost[] {
  return Array.from({ length: count }, (_, index) =>
    host(`${prefix}${index}`, index + 1 + prefix.length * 50, more),
  );
}

export const NEW = { kernelLabel: "6.12", unwrittenPunts: false };

export function fleetOf(name: string, ...all: FixtureHost[]): string {
  return writeFleet(join(folder, name), all);
}

export function changed(change: Partial<Header["environment"]>): Partial<FixtureHost> {
  return {
    header: (header) => ({ ...header, environment: { ...header.environment, ...change } }),
  };
}

/** What `fleet --json` says, and its exit code. */
export async function asked(...args: string[]) {
  const { code, stdout, stderr } = await puntbench(["fleet", ...args, "--json"]);
  assert.ok(code !== 1 && code !== 2, stderr);
  return { code, found: JSON.parse(stdout) };
}
