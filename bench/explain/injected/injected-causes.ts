import type { ObservedCause } from "../../../results/vocabulary.js";
import { atLeast } from "../../rules/kernel-version.js";
import { predict } from "../../rules/predict.js";
import { EASY_WRITE } from "../../rules/question.js";
import * as states from "./file-states.js";
import type { InjectedCause, SystemUnderTest } from "./injected-cause.js";

type Condition = (system: SystemUnderTest) => boolean;

const isExt4: Condition = ({ filesystem }) => filesystem === "ext4";
const isXfs: Condition = ({ filesystem }) => filesystem === "xfs";
const copiesOnWrite: Condition = ({ filesystem, mountOptions }) =>
  filesystem === "btrfs" && !mountOptions.includes("nodatacow");
/** Files are written in place, so that more than one cause is possible. */
const writesInPlace: Condition = (system) =>
  isExt4(system) || isXfs(system) || (system.filesystem === "btrfs" && !copiesOnWrite(system));
const delaysAllocation: Condition = ({ mountOptions }) => !mountOptions.includes("nodelalloc");

const takesPartOfBlock: Condition = ({ directIoOffsetBytes, filesystemBlockBytes }) =>
  directIoOffsetBytes <= 512 && filesystemBlockBytes > 512;

/** Timestamps punt the first write after a clock tick. */
export const ticksPunt: Condition = ({ filesystem, kernel }) =>
  predict({ ...EASY_WRITE, filesystem, kernel }).punts === "tick";

const causeIf =
  (cause: ObservedCause, ...conditions: Condition[]) =>
  (system: SystemUnderTest): ObservedCause | null =>
    conditions.every((holds) => holds(system)) ? cause : null;
const from =
  (major: number, minor: number): Condition =>
  ({ kernel }) =>
    atLeast(kernel, major, minor);
const before =
  (major: number, minor: number): Condition =>
  ({ kernel }) =>
    !atLeast(kernel, major, minor);

const LOCK_WRITES_BYTES = 256 * 4096;

/** Every cause that can be injected into an otherwise idle file. */
export const INJECTED_CAUSES: readonly InjectedCause[] = [
  {
    name: "forced request",
    expected: causeIf("forced"),
    request: { arm: "forced" },
    prepare: states.written,
  },
  {
    name: "drained request",
    // Up to Linux 6.1 a drained request is tried inline once its turn has come.
    expected: causeIf("linked-or-drained", from(6, 2)),
    request: { drained: true, queueDepth: 4 },
    prepare: states.written,
  },
  {
    name: "extending write",
    expected: (system) => (isExt4(system) ? "extends-size" : writesInPlace(system) ? "hole" : null),
    // Several at once would start beyond the size, which is another cause on XFS.
    request: { queueDepth: 1 },
    prepare: states.empty,
  },
  { name: "hole", expected: causeIf("hole", writesInPlace), prepare: states.sparse },
  {
    name: "unwritten extent",
    expected: causeIf("unwritten", isExt4, before(6, 3)),
    prepare: states.allocated,
  },
  {
    name: "crossing extents",
    // Without delayed allocation ext4 zeroes short unwritten extents instead of splitting them.
    expected: causeIf("crosses-extents", isExt4, delaysAllocation, before(7, 3)),
    request: { blockSizeBytes: 8192, fileSizeBytes: 64 * 8192 },
    prepare: states.halfWritten,
  },
  {
    name: "512-byte write",
    expected: causeIf("unaligned", isExt4, takesPartOfBlock),
    request: { blockSizeBytes: 512, fileSizeBytes: 512 * 512 },
    prepare: states.allocated,
  },
  { name: "cached pages", expected: causeIf("page-cache", writesInPlace), prepare: states.cached },
  {
    name: "held lock",
    expected: causeIf("lock-contended", writesInPlace),
    files: 4,
    request: { queueDepth: 4, intervalNs: 0, fileSizeBytes: LOCK_WRITES_BYTES },
    prepare: states.written,
    disturb: states.keepTruncating(LOCK_WRITES_BYTES),
  },
  {
    name: "evicted inode",
    expected: causeIf("first-write-of-inode", isExt4, ({ inLab }) => inLab),
    files: 24,
    request: { fileSizeBytes: 4 * 4096 },
    prepare: states.written,
    afterPreparing: states.dropCaches,
    freshInode: true,
  },
  {
    name: "set-user-ID file",
    expected: causeIf("security-attributes", isExt4),
    prepare: states.setUserId,
  },
  {
    name: "journalled data",
    expected: causeIf("no-direct-io", isExt4, (system) => !delaysAllocation(system)),
    prepare: states.journalled,
  },
  {
    name: "timestamp tick",
    expected: causeIf("timestamp", ticksPunt),
    request: { intervalNs: 12_000_000 },
    prepare: states.written,
  },
  {
    name: "stat between writes",
    // Far more often than the clock ticks: multigrain timestamps.
    expected: causeIf(
      "timestamp",
      from(6, 13),
      (system) => isExt4(system) || isXfs(system),
      ticksPunt,
    ),
    request: { queueDepth: 1, intervalNs: 500_000 },
    prepare: states.written,
    disturb: states.keepAskingForTimes,
    leastPuntRatio: 0.5,
    // Clock ticks punt some of these writes also without a stat.
    hasControl: true,
  },
  { name: "shared extent", expected: causeIf("shared-extent", isXfs), prepare: states.shared },
  {
    name: "no FMODE_NOWAIT",
    expected: causeIf("no-nowait", ({ filesystem }) => filesystem === "overlay", from(6, 4)),
    prepare: states.written,
  },
  {
    name: "hole of a chattr +C file",
    expected: causeIf("hole", copiesOnWrite),
    prepare: states.inPlaceSparse,
  },
  {
    name: "copy-on-write",
    expected: causeIf("copy-on-write", copiesOnWrite),
    prepare: states.written,
  },
  {
    name: "checksums",
    expected: causeIf("checksums", copiesOnWrite, from(6, 12)),
    // Its blocks are not shared with another file, so checksums are the only cause.
    prepare: states.allocated,
  },
];
