import { escapeMarkdown } from "./quote.js";
import { type Column, columnTitle } from "./table.js";

/** The lines of a table as pull requests and wikis show it. */
export function markdownTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string[] {
  return [
    row(columns.map(columnTitle)),
    `|${columns.map(({ align }) => (align === "right" ? "---:" : "---")).join("|")}|`,
    ...rows.map(row),
  ];
}

function row(cells: readonly string[]): string {
  return `| ${cells.map(escapeMarkdown).join(" | ")} |`;
}
