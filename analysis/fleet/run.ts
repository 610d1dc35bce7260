import { existsSync } from "node:fs";
import { UsageError, UserError } from "../../terminal/errors.js";
import { parseDurationNs } from "../../terminal/units.js";
import type { Allowable } from "../comparison/allowable.js";
import { type Comparison, compareSides } from "../comparison/compare.js";
import { comparisonExitCode } from "../comparison/gate.js";
import { EVERYTHING, type Only, parseOnly } from "../comparison/only.js";
import { parseShare } from "../comparison/run.js";
import { partOf } from "../comparison/sides.js";
import { sayNotices } from "../loading/notices.js";
import { type Plan, planFor } from "../plan/plan.js";
import { parseRate } from "../plan/run.js";
import { type Fleet, readFleet } from "./fleet.js";
import { type FleetAnswer, fleetText } from "./fleet-text.js";
import { parseGroupBy } from "./group-key.js";
import { assertFleet, hostsIn } from "./hosts.js";
import { fleetJson } from "./json.js";
import { outliersIn } from "./outliers.js";
import { CANARIES, canaryLabels, comparedGroups, REST } from "./sides.js";
import { type WatchedGroup, watchedGroups } from "./watched.js";

export interface FleetCommandOptions {
  groupBy: string;
  canaries?: string;
  compare?: string[];
  only?: string[];
  withDoubtful?: boolean;
  threshold: string;
  failOnRegression?: boolean;
  iops?: string;
  p99: string;
  json?: boolean;
}

/** Hosts of a fleet have several devices; the interval over hosts holds what they differ by. */
const ALLOWED: ReadonlySet<Allowable> = new Set<Allowable>(["device"]);
const DEFAULT_FOLDER = "results/fleet";

/** Prints what the fleet does, and returns the exit code. Throws UserError. */
export async function runFleet(
  given: readonly string[],
  options: FleetCommandOptions,
): Promise<number> {
  if (options.canaries !== undefined && options.compare !== undefined) {
    throw new UsageError("--canaries and --compare exclude each other", "Leave out one of them.");
  }
  const groupOf = parseGroupBy(options.groupBy);
  const thresholdRatio = parseShare(options.threshold, "--threshold");
  const only = options.only && parseOnly(options.only);
  const paths = pathsOf(given);
  const hosts = await hostsIn(paths);
  assertFleet(paths, hosts);
  const { canaries, compare } = options;
  const sides: [string, string] | null =
    canaries !== undefined
      ? [REST, CANARIES]
      : ((compare && comparedGroups(compare, hosts, groupOf)) ?? null);
  const fleet = await readFleet(
    paths,
    {
      groupOf,
      ...(canaries !== undefined && { labelOf: canaryLabels(canaries, hosts, groupOf) }),
      withDoubtful: options.withDoubtful ?? false,
    },
    hosts,
  );
  sayNotices(fleet.analysis);
  const watched = watchedGroups(fleet.analysis.runs);
  const cells = fleet.analysis.cells.filter(
    only?.cell ?? (({ scenario }) => scenario.arm === "inline"),
  );
  const answer: FleetAnswer = {
    fleet,
    cells,
    outliers: outliersIn(cells),
    watched,
    plan: planOf(fleet, watched, options),
    comparison: sides && compared(fleet, sides, thresholdRatio, only ?? EVERYTHING),
  };
  const text = options.json ? JSON.stringify(fleetJson(answer), null, 2) : fleetText(answer);
  process.stdout.write(`${text}\n`);
  if (answer.comparison === null) return 0;
  return comparisonExitCode(answer.comparison, options.failOnRegression ?? false);
}

function pathsOf(given: readonly string[]): readonly string[] {
  if (given.length > 0) return given;
  if (existsSync(DEFAULT_FOLDER)) return [DEFAULT_FOLDER];
  throw new UserError(
    `${DEFAULT_FOLDER}: no such folder`,
    `Put the results of each host into ${DEFAULT_FOLDER}/<host>/, or name a folder.`,
  );
}

function compared(
  { analysis }: Fleet,
  [a, b]: [string, string],
  thresholdRatio: number,
  only: Only,
): Comparison {
  const side = (name: string) => partOf(analysis, name, ({ kernelLabel }) => kernelLabel === name);
  const [left, right] = [side(a), side(b)];
  for (const { name, analysis: part } of [left, right]) {
    if (part.cells.length > 0) continue;
    throw new UserError(
      `no host of ${name} is left to compare`,
      "See the doubtful hosts with puntbench fleet, or say --with-doubtful.",
    );
  }
  return compareSides(left, right, { thresholdRatio, allowed: ALLOWED, only });
}

/** null: nobody said how many writes, and no watch saw any; or there is nothing to plan with. */
function planOf(
  { analysis }: Fleet,
  watched: readonly WatchedGroup[],
  { iops, p99 }: FleetCommandOptions,
): Plan | null {
  const seen = watched.reduce((sum, { writesPerSecond }) => sum + writesPerSecond, 0);
  const asked = iops === undefined ? null : parseRate(iops, "--iops");
  if (asked === null && seen === 0) return null;
  const demand = { iops: asked ?? seen, latencyNsP99: parseDurationNs(p99, "--p99") };
  try {
    return planFor(analysis, demand);
  } catch (error) {
    if (asked === null && error instanceof UserError) return null;
    throw error;
  }
}
