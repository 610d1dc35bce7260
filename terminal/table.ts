import stringWidth from "string-width";

export interface Column {
  title: string;
  align?: "left" | "right";
  /** Neighbours of one group stand under its name, where a table can show that. */
  group?: string;
}

/** What stands over a column where a table has one line of titles. */
export function columnTitle({ title, group }: Column): string {
  return group === undefined ? title : `${group}: ${title}`;
}

/** Columns that hold words. */
export function textColumns(...titles: string[]): Column[] {
  return titles.map((title) => ({ title }));
}

/** Columns that hold numbers, aligned to the right. */
export function numberColumns(...titles: string[]): Column[] {
  return titles.map((title) => ({ title, align: "right" }));
}

const GAP = "  ";

/**
 * A table without borders or colour, so that it reads the same on a terminal, in a pipe and in an issue. A cell may have
 * several lines.
 */
export function renderTable(columns: readonly Column[], rows: readonly string[][]): string {
  const titles = columns.map(columnTitle);
  const lines = [titles, ...rows].flatMap(linesOfRow);
  const widths = columns.map((_, index) =>
    lines.reduce((widest, cells) => Math.max(widest, widthOf(cells[index] ?? "")), 0),
  );
  const padded = (cells: readonly string[]) =>
    columns.map(({ align }, index) => {
      const cell = cells[index] ?? "";
      const space = " ".repeat((widths[index] as number) - widthOf(cell));
      return align === "right" ? space + cell : cell + space;
    });
  return lines.map((cells) => padded(cells).join(GAP).trimEnd()).join("\n");
}

/** As many lines as the cell with the most of them. */
function linesOfRow(row: readonly string[]): string[][] {
  const cells = row.map((cell) => cell.split("\n"));
  const height = Math.max(1, ...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => cells.map((lines) => lines[line] ?? ""));
}

/** Columns of a terminal. Almost every cell is printable ASCII, of which each character takes one. */
function widthOf(text: string): number {
  return /^[ -~]*$/.test(text) ? text.length : stringWidth(text);
}
