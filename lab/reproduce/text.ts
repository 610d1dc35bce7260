import { renderTable } from "../../terminal/table.js";
import type { PublishedCell } from "./published.js";
import type { ReproducedCell } from "./verdict.js";

const WORDS = { punted: "punts", inline: "issued inline" } as const;

/** The published table beside what was measured, a kernel a pair of columns. */
export function reproductionTable(
  published: readonly PublishedCell[],
  cells: readonly ReproducedCell[],
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
      const measured = WORDS[cell.measured as keyof typeof WORDS] ?? cell.measured;
      return [
        `${WORDS[source.verdict]} (${source.detail})`,
        cell.agrees ? measured : `${measured}  <- differs`,
      ];
    }),
  ]);
  return renderTable([{ title: "preparation" }, ...columns], rows);
}

export function agreementText(cells: readonly ReproducedCell[]): string {
  const agreeing = cells.filter((cell) => cell.agrees).length;
  return `${agreeing} of ${cells.length} cells agree.`;
}
