import type { AtlasPlace } from "../../results/atlas/places.js";
import type { Scenario } from "../../results/schema.js";

/** Options of the lab for a place. */
export function placeOptions({ filesystem, mountOptions, stack }: AtlasPlace): string {
  return [
    `--filesystems ${filesystem}`,
    ...(mountOptions.length > 0 ? [`--mount-options ${mountOptions.join(",")}`] : []),
    ...(stack.length > 0 ? [`--stack ${stack.join(",")}`] : []),
  ].join(" ");
}

/** Options of the bench that choose exactly this scenario. */
export function scenarioOptions(scenario: Scenario): string {
  const { preparation, queueDepth, blockSizeBytes, fileSizeBytes, order, intervalNs, arm } =
    scenario;
  const { operation, readPercent, io, durability, groupWrites, files, rings, ring } = scenario;
  const { vectored, fixedFiles, registeredBuffers, iowqWorkers, statIntervalNs } = scenario;
  const { extents, inode, pageCache, drained } = scenario;
  const { blockSizeMaxBytes, thinkRequests = 1, thinkTimeNs } = scenario;
  return [
    `-p ${preparation} -q ${queueDepth} -a ${arm} -s ${fileSizeBytes}`,
    blockSizeMaxBytes
      ? `-b ${blockSizeBytes}-${blockSizeMaxBytes}`
      : blockSizeBytes !== 4096 && `-b ${blockSizeBytes}`,
    order !== "sequential" && `--order ${order}`,
    intervalNs > 0 && `-i ${duration(intervalNs)}`,
    thinkTimeNs && `--think-time ${duration(thinkTimeNs)}:${thinkRequests}`,
    operation && `--operation ${operation}${operation === "readwrite" ? `:${readPercent}` : ""}`,
    io && `--io ${io}`,
    durability && `--durability ${durability}${groupWrites ? `:${groupWrites}` : ""}`,
    vectored && "--vectored",
    fixedFiles && "--fixed-files",
    registeredBuffers && "--registered-buffers",
    files && `--files ${files}`,
    extents && `--extents ${extents}`,
    inode && `--inode ${inode}`,
    pageCache && `--page-cache ${pageCache}`,
    drained && "--drained",
    rings && `--rings ${rings}`,
    ring && `--ring ${ring}`,
    iowqWorkers && `--iowq-workers ${iowqWorkers}`,
    statIntervalNs && `--stat-every ${duration(statIntervalNs)}`,
  ]
    .filter((word) => typeof word === "string")
    .join(" ");
}

function duration(ns: number): string {
  return ns % 1e6 === 0 ? `${ns / 1e6}ms` : `${ns}ns`;
}

/** `explain` does not follow these: the bench counts them. */
export function isTraceable({ rings = 1, ring }: Scenario): boolean {
  return rings === 1 && ring !== "sqpoll";
}
