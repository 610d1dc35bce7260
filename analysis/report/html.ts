import { escapeHtml } from "../../terminal/quote.js";
import type { Column } from "../../terminal/table.js";

/** HTML that is safe to put into a page: made by `html`, which escapes whatever is put into it. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = string | number | Html | readonly Part[] | null | undefined;

/** Tagged template. It escapes text, takes `Html` and lists of it as they are, and null as nothing. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  const text = strings.reduce((all, fixed, index) => all + rendered(parts[index - 1]) + fixed);
  return new Html(text);
}

function rendered(part: Part): string {
  if (part === null || part === undefined) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "object") return part.map(rendered).join("");
  return escapeHtml(String(part));
}

/** A sentence of the report: what stands between backticks is code, and a number keeps its "%" in its line. */
export function prose(text: string): Html {
  const parts = text.replaceAll(/(?<=\d) %/g, "\u00a0%").split("`");
  if (parts.length % 2 === 0) return html`${text}`;
  return html`${parts.map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`))}`;
}

/** Only for text from this package: style sheets, scripts, base64. */
export function trusted(text: string): Html {
  return new Html(text);
}

/** A table that scrolls inside the page. `label` says to those who hear the page which table it is. */
export function htmlTable(
  columns: readonly Column[],
  rows: readonly Part[][],
  label: string,
): Html {
  const cssClass = (index: number) =>
    columns[index]?.align === "right" ? html` class="number"` : null;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${`Table: ${label}`}"><table><thead>${groupRow(columns)}<tr>${columns.map(
    (column, index) => html`<th scope="col"${cssClass(index)}>${column.title}</th>`,
  )}</tr></thead><tbody>${rows.map(
    (row) => html`<tr>${row.map((part, index) => html`<td${cssClass(index)}>${part}</td>`)}</tr>\n`,
  )}</tbody></table></div>`;
}

/** The names of groups of columns, above their titles; null without groups. */
function groupRow(columns: readonly Column[]): Html | null {
  if (columns.every(({ group }) => group === undefined)) return null;
  const spans: { group: string | undefined; span: number }[] = [];
  for (const { group } of columns) {
    const last = spans.at(-1);
    if (last && last.group === group) last.span += 1;
    else spans.push({ group, span: 1 });
  }
  return html`<tr>${spans.map(({ group, span }) =>
    group === undefined
      ? html`<td colspan="${span}"></td>`
      : html`<th scope="colgroup" colspan="${span}">${group}</th>`,
  )}</tr>`;
}
