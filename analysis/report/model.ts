import type { Column } from "../../terminal/table.js";
import type { Chart } from "../charts/spec.js";

/** The report before it becomes HTML or Markdown: both show the same blocks. */
export interface Report {
  title: string;
  /** What was read, in one line. */
  basis: string;
  /** What was found, in sentences for readers in a hurry. */
  findings: string[];
  /** Shown right under the findings. */
  opening: Chart | null;
  warnings: string[];
  sections: Section[];
}

export interface Section {
  id: string;
  title: string;
  blocks: Block[];
}

export type Block =
  | { kind: "text"; text: string }
  | { kind: "list"; items: readonly string[] }
  | { kind: "code"; text: string }
  | { kind: "chart"; chart: Chart; caption: string | null; filesBeside: boolean }
  | { kind: "table"; columns: readonly Column[]; rows: readonly (readonly string[])[] }
  | { kind: "fold"; summary: string; blocks: readonly Block[] };

export function text(words: string): Block {
  return { kind: "text", text: words };
}

export function list(items: readonly string[]): Block {
  return { kind: "list", items };
}

export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): Block {
  return { kind: "table", columns, rows };
}

export function fold(summary: string, ...blocks: Block[]): Block {
  return { kind: "fold", summary, blocks };
}

/** A chart whose .svg, .png and .vl.json lie beside the page. */
export function chartBlock(chart: Chart, caption: string | null = null): Block {
  return { kind: "chart", chart, caption, filesBeside: true };
}

/** A chart that is in the page only. */
export function pageOnlyChart(chart: Chart): Block {
  return { kind: "chart", chart, caption: null, filesBeside: false };
}

/** All charts of a report, in order. */
export function chartsOf(report: Report): { chart: Chart; filesBeside: boolean }[] {
  const inBlocks = (blocks: readonly Block[]): { chart: Chart; filesBeside: boolean }[] =>
    blocks.flatMap((block) => {
      if (block.kind === "chart") return [block];
      return block.kind === "fold" ? inBlocks(block.blocks) : [];
    });
  const opening = report.opening ? [{ chart: report.opening, filesBeside: true }] : [];
  return [...opening, ...report.sections.flatMap((section) => inBlocks(section.blocks))];
}
