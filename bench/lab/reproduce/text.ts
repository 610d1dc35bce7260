import { renderTable } from "../../../terminal/table.js";
import type { ReproducedCell } from "./cells.js";
import type { NowaitCell } from "./nowait.js";
import { NOWAIT_KERNEL, PUBLISHED, type PublishedCell } from "./published.js";
import { type ReturnValues, returnValuesText } from "./return-values.js";

const WORDS: Readonly<Record<string, string>> = { punted: "punts", inline: "issued inline" };

const RETURN_VALUES =
  "In brackets what ext4_file_write_iter returned; 8192: the write was already done by then.";

/** Everything that `puntbench reproduce` prints. */
export function reproductionText(
  cells: readonly ReproducedCell[],
  nowait: readonly NowaitCell[],
  returned: readonly ReturnValues[],
): string {
  return [
    "8 KiB O_DIRECT writes through io_uring on ext4 (-11 is EAGAIN: punted; -529 is EIOCBQUEUED: issued)",
    "",
    puntTable(PUBLISHED, cells, returned),
    ...(returned.length > 0 ? ["", RETURN_VALUES] : []),
    "",
    `First write with RWF_NOWAIT on ext4 (published for 4.18, measured on ${NOWAIT_KERNEL})`,
    "",
    nowaitTable(nowait),
    "",
    `${agreeing(cells)} cells of the first table agree, ${agreeing(nowait)} of the second.`,
    "",
  ].join("\n");
}

/** The published table beside what was measured: two columns for each kernel. */
function puntTable(
  published: readonly PublishedCell[],
  cells: readonly ReproducedCell[],
  returned: readonly ReturnValues[],
): string {
  const kernels = [...new Set(published.map((cell) => cell.kernel))];
  const preparations = [...new Set(published.map((cell) => cell.preparation))];
  const columns = kernels.flatMap((kernel) => [
    { title: `${kernel} published` },
    { title: `${kernel} measured` },
  ]);
  const rows = preparations.map((preparation) => [
    preparation,
    ...kernels.flatMap((kernel) => {
      const matches = (cell: { kernel: string; preparation: string }) =>
        cell.kernel === kernel && cell.preparation === preparation;
      const source = published.find(matches);
      const cell = cells.find(matches);
      if (!source || !cell) return ["", ""];
      const values = returned.find(matches);
      const detail = values ? ` (${returnValuesText(values)})` : "";
      return [`${WORDS[source.writes]} (${source.detail})`, marked(cell, detail)];
    }),
  ]);
  return renderTable([{ title: "preparation" }, ...columns], rows);
}

function nowaitTable(cells: readonly NowaitCell[]): string {
  const preparations = [...new Set(cells.map((cell) => cell.preparation))];
  const rows = preparations.map((preparation) => {
    const own = cells.filter((cell) => cell.preparation === preparation);
    return [preparation, own[0]?.published ?? "", ...own.map((cell) => marked(cell))];
  });
  const oracles = [...new Set(cells.map((cell) => cell.oracle))];
  return renderTable(
    [{ title: "preparation" }, { title: "published" }, ...oracles.map((title) => ({ title }))],
    rows,
  );
}

function marked(cell: { measured: string; agrees: boolean }, detail = ""): string {
  const measured = (WORDS[cell.measured] ?? cell.measured) + detail;
  return cell.agrees ? measured : `${measured}  <- differs`;
}

function agreeing(cells: readonly { agrees: boolean }[]): string {
  return `${cells.filter((cell) => cell.agrees).length} of ${cells.length}`;
}
