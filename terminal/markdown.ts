import type { Column } from "./table.js";

/** The lines of a table as pull requests and wikis show it. */
export function markdownTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string[] {
  return [
    row(columns.map(({ title }) => title)),
    `|${columns.map(({ align }) => (align === "right" ? "---:" : "---")).join("|")}|`,
    ...rows.map(row),
  ];
}

function row(cells: readonly string[]): string {
  return `| ${cells.map(escaped).join(" | ")} |`;
}

/** No label may become markup, a link or a new column. */
export function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/([\\`*[\]|~])/g, "\\$1")
    .replaceAll(/(^|\W)_|_(\W|$)/g, (found) => found.replace("_", "\\_"))
    .replaceAll(/\s+/g, " ");
}
