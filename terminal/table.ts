import Table from "cli-table3";

export interface Column {
  title: string;
  align?: "left" | "right";
}

/** Columns that hold words. */
export function textColumns(...titles: string[]): Column[] {
  return titles.map((title) => ({ title }));
}

/** Columns that hold numbers, aligned to the right. */
export function numberColumns(...titles: string[]): Column[] {
  return titles.map((title) => ({ title, align: "right" }));
}

const PLAIN_BORDER = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/** A table without borders or colour, so that it reads the same on a terminal, in a pipe and in an issue. */
export function renderTable(columns: readonly Column[], rows: readonly string[][]): string {
  const table = new Table({
    head: columns.map((column) => column.title),
    colAligns: columns.map((column) => column.align ?? "left"),
    chars: PLAIN_BORDER,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  table.push(...rows);
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
