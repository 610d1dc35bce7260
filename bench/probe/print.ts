import { renderTable, textColumns } from "../../terminal/table.js";
import { formatBytes } from "../../terminal/units.js";
import type { PreparationReport, ProbeReport } from "./probe.js";
import type { ProbeVerdict } from "./verdict.js";

const WORDS: Record<ProbeVerdict, string> = {
  punts: "punts",
  inline: "inline",
  tick: "punts once per clock tick",
  unknown: "?",
};

/** The report for people. "-" is an oracle that could not be asked. */
export function printed(report: ProbeReport): string {
  const { filesystem, kernelRelease, blockSizeBytes, unavailable, preparations } = report;
  const rows = preparations.map((row) => [
    row.preparation,
    WORDS[row.verdict],
    row.oracles.ioUring ?? "-",
    row.oracles.pwritev2 ?? "-",
    row.oracles.libaio ?? "-",
  ]);
  const columns = textColumns("preparation", "first write", "io_uring", "pwritev2", "libaio");
  const refused = Object.entries(unavailable).filter(([, reason]) => reason !== null);
  return [
    `${formatBytes(blockSizeBytes)} O_DIRECT writes on ${filesystem}, Linux ${kernelRelease}`,
    "",
    renderTable(columns, rows),
    "",
    ...reasons(preparations),
    ...(preparations.some(({ verdict }) => verdict === "tick") ? [TICKS, ""] : []),
    ...refused.map(
      ([oracle, reason]) => `not asked: ${oracle === "ioUring" ? "io_uring" : oracle}: ${reason}`,
    ),
    ...(refused.length > 0 ? [""] : []),
    NOTE,
    "",
  ].join("\n");
}

const TICKS =
  "Once per clock tick: a few percent of writes back to back, all writes with 10 ms between them.";
const NOTE =
  "Asked with RWF_NOWAIT after one write: on ext4 the first write after the kernel loads an inode punts with every\n" +
  "preparation. The answers are the kernel's; the reasons are rules of mainline Linux.";

/** Each reason once, with its preparations. */
function reasons(rows: readonly PreparationReport[]): string[] {
  return [...new Set(rows.map(({ why }) => why))].flatMap((why) => {
    const group = rows.filter((row) => row.why === why);
    const { kernelFunction, curedBy } = group[0] as PreparationReport;
    return [
      `${group.map(({ preparation }) => preparation).join(", ")}:`,
      `  ${why}`,
      ...(kernelFunction === null ? [] : [`  in the kernel: ${kernelFunction}`]),
      ...(curedBy === null ? [] : [`  to avoid it: ${curedBy}`]),
      "",
    ];
  });
}
