import type { Command } from "commander";
import type { Scenario } from "../../results/schema.js";
import { UsageError } from "../../terminal/errors.js";
import { chosenScenarios } from "../run/chosen-scenarios.js";
import { type BenchOptions, parseOptions, type RawOptions } from "../run/options.js";
import type { BackendName } from "./recorder.js";

export interface RawExplainOptions extends RawOptions {
  backend?: BackendName;
  raw?: boolean;
  check?: boolean;
  traceOnly?: boolean;
}

export interface ExplainOptions {
  bench: BenchOptions;
  backend: BackendName | "auto";
  raw: boolean;
  check: boolean;
  /** Leave out the timed trials. */
  traceOnly: boolean;
  /** The scenarios of the bench that go through io_uring: no other write punts. */
  scenarios: Scenario[];
  /** Sentences to print before the run. */
  about: string[];
}

/** Takes the options of the bench. Each scenario is traced once, whatever the number of rounds. */
export function parseExplainOptions(
  raw: RawExplainOptions,
  command: Command | null = null,
): ExplainOptions {
  // A trace of some thousand writes shows every cause; it needs no trials that last.
  const bench = { ...parseOptions(raw), ...(raw.duration === undefined && { durationNs: null }) };
  const { scenarios: chosen, about } = chosenScenarios(raw, bench, command);
  const ringed = chosen.filter(({ arm }) => arm === "inline" || arm === "forced");
  // A list may hold what another command measures; what was asked for by options is refused below.
  const scenarios = raw.scenarios === undefined ? ringed : ringed.filter(isFollowed);
  if (scenarios.length === 0) {
    throw new UsageError(
      "psync and libaio do not go through io_uring, so none of their writes can punt",
      "Choose --arms inline, or leave it out.",
    );
  }
  if (!scenarios.every(isFollowed)) {
    throw new UsageError(
      "explain follows one thread that submits: not several rings, and not SQPOLL",
      "Leave out --rings and --ring sqpoll; `puntbench watch` follows whole processes.",
    );
  }
  return {
    bench,
    backend: raw.backend ?? "auto",
    raw: raw.raw ?? false,
    check: raw.check ?? false,
    traceOnly: raw.traceOnly ?? false,
    scenarios,
    about,
  };
}

/** Whether one thread of this process submits its requests. */
function isFollowed({ rings = 1, ring }: Scenario): boolean {
  return rings === 1 && ring !== "sqpoll";
}

/**
 * Adds to each scenario the same writes into written blocks, where they are missing. The difference in cost is the
 * most that a cure can save.
 */
export function withReferences(scenarios: readonly Scenario[]): Scenario[] {
  const references = scenarios.map(
    (scenario): Scenario => ({ ...scenario, preparation: "dd-prefill", arm: "inline" }),
  );
  const byKey = new Map<string, Scenario>();
  for (const scenario of [...scenarios, ...references]) {
    byKey.set(JSON.stringify(scenario), scenario);
  }
  return [...byKey.values()];
}
