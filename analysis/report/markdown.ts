import { markdownTable } from "../../terminal/markdown.js";
import { escapeMarkdown } from "../../terminal/quote.js";
import type { Block, Report } from "./model.js";

/** The same report for pull requests and wikis, with the PNG files that lie beside it. */
export function reportMarkdown(report: Report): string {
  const lines = [
    `# ${escapeMarkdown(report.title)}`,
    "",
    escapeMarkdown(report.basis),
    "",
    ...report.findings.map((line) => `- ${prose(line)}`),
    "",
  ];
  if (report.warnings.length > 0) {
    lines.push("**Before you read on**", "");
    lines.push(...report.warnings.map((line) => `- ${prose(line)}`), "");
  }
  if (report.opening) lines.push(image(report.opening), "");
  for (const { title, blocks } of report.sections) {
    lines.push(`## ${escapeMarkdown(title)}`, "", ...blocks.flatMap(blockLines));
  }
  return `${lines.join("\n").trimEnd()}\n`;
}

function blockLines(block: Block): string[] {
  switch (block.kind) {
    case "text":
      return [prose(block.text), ""];
    case "list":
      return [...block.items.map((item) => `- ${prose(item)}`), ""];
    case "code":
      return ["```sh", block.text.replaceAll("```", "'''"), "```", ""];
    case "chart":
      // Charts of single kernels are in the page only.
      return block.filesBeside ? [image(block.chart), ""] : [];
    case "table":
      return [...markdownTable(block.columns, block.rows), ""];
    case "fold":
      return [
        `<details><summary>${escapeMarkdown(block.summary)}</summary>`,
        "",
        ...block.blocks.flatMap(blockLines),
        "</details>",
        "",
      ];
  }
}

/** A sentence of the report: what stands between backticks is code, and all else is only text. */
function prose(text: string): string {
  const parts = text.split("`");
  if (parts.length % 2 === 0) return escapeMarkdown(text);
  const code = (part: string) => `\`${part.replaceAll(/\s+/g, " ")}\``;
  return parts.map((part, index) => (index % 2 === 0 ? escapeMarkdown(part) : code(part))).join("");
}

function image({ name, spec }: { name: string; spec: { [key: string]: unknown } }): string {
  const { text } = spec.title as { text: string };
  return `![${escapeMarkdown(text)}](${name}.png)`;
}
