import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Observation, ObservedFile } from "../../results/observation.js";
import type { Header } from "../../results/schema.js";
import { fixtureHeader, fixtureLines } from "./fixture.js";
import type { FixtureRun } from "./fixture-header.js";

/** A made-up host of a fleet: what it is like, and what `watch` saw there. */
export interface FixtureHost extends FixtureRun {
  host: string;
  /** What is changed in the header of its bench. */
  header?: (header: Header) => Header;
  observations?: readonly Observation[];
}

/** Writes `folder/fleet/<host>/*.jsonl` and returns `folder/fleet`. Nothing here is a measurement. */
export function writeFleet(folder: string, hosts: readonly FixtureHost[]): string {
  for (const options of hosts) {
    const { host, kernelLabel, observations = [], header = (same: Header) => same } = options;
    const [first, ...lines] = [...fixtureLines(options)];
    const opening = header({ ...(first as Header), runId: `${host} ${kernelLabel} bench` });
    const place = join(folder, "fleet", host);
    writeLines(join(place, kernelLabel, "bench.jsonl"), [opening, ...lines]);
    if (observations.length > 0) {
      const watched = watchHeader({ ...options, host });
      const footer = { ...lines.at(-1), trials: 0 };
      writeLines(join(place, kernelLabel, "watch.jsonl"), [watched, ...observations, footer]);
    }
  }
  return join(folder, "fleet");
}

function watchHeader(options: FixtureHost): Header {
  const header = fixtureHeader(options, []);
  const environment = {
    ...header.environment,
    filesystem: null,
    device: null,
    directIoAlignment: null,
  };
  const runId = `${options.host} ${options.kernelLabel} watch`;
  return { ...header, runId, rounds: 0, instrumentChecks: null, environment };
}

function writeLines(file: string, lines: readonly object[]): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${lines.map((line) => JSON.stringify(line)).join("\n")}\n`);
}

/** A program that wrote for ten seconds; half of its requests punted where `punts` says so. */
export function observationOf(
  program: string,
  files: readonly Partial<ObservedFile>[],
): Observation {
  const whole = files.map((file): ObservedFile => ({ ...QUIET_FILE, ...file }));
  return {
    type: "observation",
    process: 4242,
    program,
    wallNs: 1e10,
    sampled: 16,
    files: whole,
    workerCpuNs: whole.reduce((sum, { workerCpuNs }) => sum + (workerCpuNs ?? 0), 0),
    stalls: null,
  };
}

/** What a file looks like that a program wrote without a punt. */
export const QUIET_FILE: ObservedFile = {
  file: "/var/lib/db/log",
  operation: "write",
  rings: 1,
  requests: 1000,
  failed: 0,
  bytesPerRequest: 4096,
  punts: 0,
  forced: 0,
  drained: 0,
  chained: 0,
  causes: [],
  inlineLatencies: [[20_480, 62]],
  puntedLatencies: [],
  workerCpuNs: 0,
};
