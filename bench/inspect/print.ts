import { numberColumns, renderTable, textColumns } from "../../terminal/table.js";
import { formatBytes } from "../../terminal/units.js";
import type { Prediction, Punts } from "../rules/prediction.js";
import { EXTENTS_IN_INODE } from "../rules/xfs.js";
import type { InspectedRegion, Inspection } from "./inspection.js";

const MOST_ROWS = 40;

/** The inspection for people; of a file with many regions, the first ones. */
export function printed(inspection: Inspection): string {
  const { regions, crossing, unaligned } = inspection;
  return [
    ...heading(inspection),
    "",
    ...(regions === null ? [] : [...table(regions), "", ...reasons(regions)]),
    ...(crossing === null
      ? []
      : [`A write across the border of two regions ${sentence(crossing)}`]),
    ...(unaligned === null
      ? []
      : [
          `A write of part of a written ${formatBytes(inspection.filesystemBlockBytes)} block ${sentence(unaligned)}`,
        ]),
    ...inspection.unknown.map((text) => `Not known: ${text}`),
    "",
    NOTE,
    ...(inspection.filesystem === "ext4" ? [EXT4_NOTE] : []),
    ...xfsNote(inspection),
    "",
  ].join("\n");
}

const NOTE =
  "By rules of mainline Linux; distribution kernels carry backports. `puntbench probe DIR` asks the kernel itself.";
const EXT4_NOTE =
  "On ext4 the first write after the kernel loads an inode punts in every region (S_NOSEC).";
const XFS_NOTE =
  "The file has more extents than an inode is sure to hold: after the kernel loads the inode, the first write may punt, unless something asks for the extents before (xfs_need_iread_extents).";

/** The extents are read now, because inspect asked for them: the rule is about the next time. */
function xfsNote({ filesystem, regions }: Inspection): string[] {
  const extents = regions?.filter(({ state }) => state !== "hole").length ?? 0;
  return filesystem === "xfs" && extents > EXTENTS_IN_INODE ? [XFS_NOTE] : [];
}

function heading(inspection: Inspection): string[] {
  const { file, filesystem, kernelRelease, sizeBytes, allocatedBytes } = inspection;
  const grain = inspection.directIoOffsetBytes;
  return [
    file,
    `${filesystem}, Linux ${kernelRelease}; size ${sizeBytes} bytes (${formatBytes(sizeBytes)}), ` +
      `allocated ${formatBytes(allocatedBytes)}` +
      (grain === null ? "" : `, direct I/O in multiples of ${grain} bytes`),
    ...(inspection.regions === null
      ? []
      : [
          `what an O_DIRECT write of ${formatBytes(inspection.blockSizeBytes)} through io_uring would do:`,
        ]),
  ];
}

function table(regions: readonly InspectedRegion[]): string[] {
  const columns = [
    ...numberColumns("from", "to", "length"),
    ...textColumns("state"),
    ...numberColumns("on device", "cached pages"),
    ...textColumns("write", "cause"),
  ];
  const rows = regions.slice(0, MOST_ROWS).map((region) => {
    const { startBytes, endBytes, state, physicalBytes, cachedPages, prediction } = region;
    return [
      String(startBytes),
      endBytes === null ? "..." : String(endBytes),
      endBytes === null ? "" : formatBytes(endBytes - startBytes),
      region.extending ? `${state}, beyond the end` : state,
      physicalBytes === null ? "" : String(physicalBytes),
      cachedPages === null ? "?" : String(cachedPages),
      verdict(prediction.punts),
      causeOf(region),
    ];
  });
  const left = regions.length - rows.length;
  return [renderTable(columns, rows), ...(left > 0 ? [`... and ${left} more; see --json`] : [])];
}

/** Cached pages make every write punt. Where they are not known, the cause holds only without them. */
function causeOf({ prediction, predictionUncached, cachedPages }: InspectedRegion): string {
  if (predictionUncached !== null) {
    return `${prediction.cause}; else ${verdict(predictionUncached.punts)}`;
  }
  return cachedPages === null && prediction.punts !== true
    ? `${prediction.cause}, if not cached`
    : prediction.cause;
}

/** Each cause once: why, where in the kernel, and what helps. */
function reasons(regions: readonly InspectedRegion[]): string[] {
  const predictions = new Map<string, Prediction>();
  for (const { prediction, predictionUncached } of regions) {
    for (const each of [prediction, predictionUncached]) {
      if (each !== null) predictions.set(each.cause, each);
    }
  }
  return [...predictions.values()].flatMap(({ cause, why, kernelFunction, curedBy }) => [
    `${cause}: ${why}`,
    ...(kernelFunction === null ? [] : [`  in the kernel: ${kernelFunction}`]),
    ...(curedBy === null ? [] : [`  to avoid it: ${curedBy}`]),
    "",
  ]);
}

const VERDICTS = new Map<Punts, string>([
  [true, "punts"],
  [false, "inline"],
  ["tick", "punts once per clock tick"],
  [null, "?"],
]);

function verdict(punts: Punts): string {
  return VERDICTS.get(punts) as string;
}

function sentence({ punts, why }: Prediction): string {
  const words =
    punts === false ? "is issued inline" : punts === null ? "is not known" : verdict(punts);
  return `${words}: ${why}.`;
}
