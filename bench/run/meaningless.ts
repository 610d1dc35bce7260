import { movesData } from "../../results/scenario.js";
import type { Scenario } from "../../results/schema.js";
import { syncsGroups } from "../../results/vocabulary.js";

/** A reason, where the combination has no meaning. */
type Check = (scenario: Scenario) => string | false;

const operationOf = ({ operation = "write" }: Scenario) => operation;
const durabilityOf = ({ durability = "none" }: Scenario) => durability;
const filesOf = ({ files = 1 }: Scenario) => files;
const ringsOf = ({ rings = 1 }: Scenario) => rings;
const reads = (scenario: Scenario) => ["read", "readwrite"].includes(operationOf(scenario));
const hasNoRing = ({ arm }: Scenario) => arm === "psync" || arm === "libaio";
const hasOwnFiles = ({ arm }: Scenario) => arm === "own-files" || arm === "forced-own-files";
const isEmpty = ({ preparation }: Scenario) =>
  preparation === "no-fallocate" || preparation === "keep-size";

const OPERATIONS: readonly Check[] = [
  (cell) => reads(cell) && isEmpty(cell) && "the file is empty, nothing can be read",
  (cell) =>
    operationOf(cell) === "read" && durabilityOf(cell) !== "none" && "a read is not made durable",
  (cell) =>
    operationOf(cell) === "fsync" &&
    durabilityOf(cell) !== "none" &&
    "an fsync is durable by itself",
  (cell) => !movesData(cell) && durabilityOf(cell) !== "none" && "only writes can be made durable",
  (cell) =>
    !movesData(cell) &&
    (cell.vectored === true || cell.registeredBuffers) &&
    `${operationOf(cell)} has no buffers`,
  (cell) =>
    (operationOf(cell) === "openat" || operationOf(cell) === "statx") &&
    cell.fixedFiles === true &&
    `${operationOf(cell)} names a path, not a file`,
  (cell) =>
    cell.vectored === true &&
    cell.registeredBuffers &&
    "a vectored request does not use registered buffers",
  (cell) => cell.arm === "libaio" && !movesData(cell) && "the libaio arm only reads and writes",
];

const ORDERS: readonly Check[] = [
  (cell) => cell.order === "append" && operationOf(cell) !== "write" && "only writes append",
  (cell) =>
    cell.order === "append" &&
    !isEmpty(cell) &&
    "an append goes behind the end of the file, so it does not use what was prepared before it",
  (cell) =>
    cell.order === "recycled" && !movesData(cell) && "only reads and writes go through segments",
  (cell) => cell.order === "recycled" && hasOwnFiles(cell) && `${cell.arm} has no segments`,
];

const FILES: readonly Check[] = [
  (cell) =>
    cell.pageCache === "filled" &&
    cell.inode === "cold" &&
    "loading an inode anew empties its page cache",
  (cell) =>
    cell.pageCache === "filled" && isEmpty(cell) && "an empty file has no pages in the page cache",
  (cell) =>
    cell.extents !== undefined &&
    cell.preparation === "no-fallocate" &&
    "an empty file has no extents",
  (cell) =>
    cell.extents !== undefined &&
    cell.preparation === "keep-size" &&
    "blocks behind the end of a file cannot be moved apart",
];

const GROUPS: readonly Check[] = [
  (cell) =>
    syncsGroups(cell.durability) && operationOf(cell) !== "write" && "a group consists of writes",
  (cell) =>
    syncsGroups(cell.durability) &&
    (hasOwnFiles(cell) || filesOf(cell) > ringsOf(cell)) &&
    "the sync of a group makes one file durable",
];

const PAUSES: readonly Check[] = [
  (cell) =>
    (cell.thinkTimeNs === undefined) !== (cell.thinkRequests === undefined) &&
    "a pause needs both its time and the requests before it",
  (cell) =>
    cell.thinkTimeNs !== undefined &&
    cell.intervalNs > 0 &&
    "a stream has a pace or pauses, not both",
  (cell) =>
    cell.thinkTimeNs !== undefined &&
    syncsGroups(cell.durability) &&
    "a group ends with its sync, not with a pause",
];

const SIZES: readonly Check[] = [
  (cell) =>
    cell.blockSizeMaxBytes !== undefined && !movesData(cell) && `${operationOf(cell)} has no size`,
  ({ blockSizeBytes, blockSizeMaxBytes = blockSizeBytes }) =>
    (blockSizeMaxBytes < blockSizeBytes || blockSizeMaxBytes % blockSizeBytes !== 0) &&
    "the largest size is no multiple of the least",
];

const RINGS: readonly Check[] = [
  (cell) =>
    hasNoRing(cell) &&
    durabilityOf(cell) === "linked-fdatasync" &&
    `${cell.arm} cannot link requests`,
  (cell) => hasNoRing(cell) && cell.drained === true && `${cell.arm} cannot drain requests`,
  (cell) => hasNoRing(cell) && cell.iowqWorkers !== undefined && `${cell.arm} has no io-wq workers`,
  (cell) =>
    hasNoRing(cell) && (ringsOf(cell) > 1 || cell.ring !== undefined) && `${cell.arm} has no ring`,
  (cell) =>
    hasOwnFiles(cell) &&
    (ringsOf(cell) > 1 || filesOf(cell) > 1) &&
    `${cell.arm} has a file for each slot of one ring`,
  (cell) =>
    filesOf(cell) > 1 &&
    filesOf(cell) % ringsOf(cell) !== 0 &&
    `${ringsOf(cell)} rings cannot share ${filesOf(cell)} files evenly`,
  (cell) =>
    cell.ring === "iopoll" &&
    (!movesData(cell) || (cell.io ?? "direct") !== "direct") &&
    "only O_DIRECT reads and writes can be polled",
  (cell) =>
    cell.ring === "iopoll" &&
    /-f(data)?sync$/.test(durabilityOf(cell)) &&
    "an fsync cannot be polled",
];

/** What a disk has none of, where the requests go to the disk itself and not to files. */
const ON_DISK: readonly Check[] = [
  (cell) => cell.preparation !== "dd-prefill" && "a block device neither grows nor reserves blocks",
  (cell) => (filesOf(cell) > 1 || hasOwnFiles(cell)) && "there is one block device, and no files",
  (cell) => cell.extents !== undefined && "a block device has no extents",
  (cell) => cell.inode === "cold" && "a block device has no inode that is loaded from it",
  (cell) =>
    ["openat", "statx", "fallocate"].includes(operationOf(cell)) &&
    `${operationOf(cell)} asks the filesystem that holds the name of the device`,
];

/** Why this cannot be done to a disk itself; null where it can. */
export function notOnDisk(scenario: Scenario): string | null {
  return firstReason(ON_DISK, scenario);
}

/** Why this combination has no meaning; null where it has one. */
export function meaningless(scenario: Scenario): string | null {
  const checks = [OPERATIONS, ORDERS, FILES, GROUPS, PAUSES, SIZES, RINGS].flat();
  return firstReason(checks, scenario);
}

function firstReason(checks: readonly Check[], scenario: Scenario): string | null {
  for (const check of checks) {
    const reason = check(scenario);
    if (reason !== false) return reason;
  }
  return null;
}
