import { formatBytes, formatNs } from "../terminal/units.js";
import type { Scenario } from "./schema.js";
import { ARMS, type Operation, PREPARATIONS } from "./vocabulary.js";

/** The same for the same cell of the matrix, in whatever run it was measured. */
export function scenarioKey(scenario: Scenario): string {
  const { preparation, arm, queueDepth, blockSizeBytes, order } = scenario;
  const buffers = scenario.registeredBuffers ? "registered" : "plain";
  return `${preparation} ${arm} ${queueDepth} ${blockSizeBytes} ${extentWords(scenario)} ${order} ${scenario.intervalNs} ${buffers}${variantWords(
    scenario,
  )
    .map((word) => ` ${word}`)
    .join("")}`;
}

/** What each request is, where that is not a plain O_DIRECT write: ["70 % reads", "buffered"]. */
export function variantWords(scenario: Scenario): string[] {
  const { operation, readPercent, io, durability, groupWrites, statIntervalNs } = scenario;
  const { vectored, fixedFiles, files, rings, ring, iowqWorkers, extents, inode } = scenario;
  const { pageCache, drained } = scenario;
  const { blockSizeMaxBytes, thinkRequests = 1, thinkTimeNs } = scenario;
  return [
    operation === "readwrite" ? `${readPercent} % reads` : operation,
    io,
    groupWrites === undefined ? durability : `${durability}:${groupWrites}`,
    blockSizeMaxBytes && `sizes up to ${formatBytes(blockSizeMaxBytes)}`,
    thinkTimeNs &&
      `a pause of ${formatNs(thinkTimeNs)} after ${thinkRequests === 1 ? "each" : `every ${thinkRequests}`}`,
    vectored && "vectored",
    fixedFiles && "fixed files",
    files && `${files} files`,
    extents && `${extents} extents`,
    inode && `${inode} inode`,
    pageCache && `${pageCache} page cache`,
    drained && "drained",
    rings && `${rings} rings`,
    ring,
    iowqWorkers && `io-wq workers <= ${iowqWorkers}`,
    statIntervalNs && `a stat every ${formatNs(statIntervalNs)}`,
  ].filter((word) => typeof word === "string");
}

const REQUESTS: Readonly<Record<Operation, string>> = {
  write: "writes",
  read: "reads",
  readwrite: "reads and writes",
  fsync: "fsync",
  fallocate: "fallocate",
  openat: "openat",
  statx: "statx",
};

/** Operations whose requests have a buffer. */
export function movesData({ operation = "write" }: Pick<Scenario, "operation">): boolean {
  return operation === "write" || operation === "read" || operation === "readwrite";
}

/** "4 KiB O_DIRECT writes", "4 KiB buffered reads, vectored". */
export function workloadWords(scenario: Scenario): string {
  const { operation = "write", io = "direct", blockSizeBytes } = scenario;
  const size = movesData(scenario) || operation === "fallocate" ? formatBytes(blockSizeBytes) : "";
  const how = movesData(scenario) ? (io === "direct" ? "O_DIRECT" : io) : "";
  const said: readonly (string | undefined)[] = [operation, io];
  const others = variantWords(scenario).filter((word) => !said.includes(word));
  const request = [size, how, REQUESTS[operation]].filter((word) => word !== "").join(" ");
  return [request, ...others].join(", ");
}

/** For `sort`: the order in which tables and charts show scenarios. */
export function compareScenarios(a: Scenario, b: Scenario): number {
  return (
    PREPARATIONS.indexOf(a.preparation) - PREPARATIONS.indexOf(b.preparation) ||
    ARMS.indexOf(a.arm) - ARMS.indexOf(b.arm) ||
    a.queueDepth - b.queueDepth ||
    a.intervalNs - b.intervalNs ||
    a.blockSizeBytes - b.blockSizeBytes ||
    a.fileSizeBytes - b.fileSizeBytes ||
    a.order.localeCompare(b.order) ||
    variantWords(a).join().localeCompare(variantWords(b).join())
  );
}

/** What ends a trial: the end of a file ("16 MiB"), or "500 ms" where the file grows with the pace; and its ramp. */
export function extentWords({ fileSizeBytes, durationNs, rampNs }: Scenario): string {
  const end = durationNs === undefined ? formatBytes(fileSizeBytes) : formatNs(durationNs);
  return rampNs === undefined ? end : `${end} after a ramp of ${formatNs(rampNs)}`;
}

/** "dd-prefill", and for a control arm "dd-prefill (forced)". */
export function seriesName(scenario: Pick<Scenario, "preparation" | "arm">): string {
  return scenario.arm === "inline"
    ? scenario.preparation
    : `${scenario.preparation} (${scenario.arm})`;
}

/** "dd-prefill (forced) at depth 8 every 10 ms". `depths` takes the place of the depth. */
export function describeScenario(
  scenario: Scenario,
  depths = `depth ${scenario.queueDepth}`,
): string {
  const pace = scenario.intervalNs === 0 ? "" : ` every ${formatNs(scenario.intervalNs)}`;
  const variant = variantWords(scenario).map((word) => `, ${word}`);
  return `${seriesName(scenario)}${variant.join("")} at ${depths}${pace}`;
}
