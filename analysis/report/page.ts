import type { Chart } from "../charts/spec.js";
import { type Html, html, htmlTable, prose } from "./html.js";
import { type Block, chartsOf, type Report, type Section } from "./model.js";
import { CONTENT_SECURITY_POLICY, pageLicences, pageScripts, pageStyle } from "./scripts.js";

/** The whole report as one file: no request, no eval, readable from disk and offline. */
export function reportPage(report: Report): string {
  const charts = chartsOf(report).map(({ chart }) => chart);
  const folds: Folds = new Map();
  const sections = report.sections.map((section) => sectionHtml(section, folds));
  return html`<!doctype html>
<html lang="en" data-theme="light">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${CONTENT_SECURITY_POLICY}">
<title>${report.title}</title>
${pageStyle()}
</head>
<body>
<header>
<button class="theme" type="button">light / dark</button>
<h1>${report.title}</h1>
<p class="faint">${report.basis}</p>
<nav>${report.sections.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}</nav>
</header>
<main>
<section class="finding" id="finding"><ul>${report.findings.map(
    (line) => html`<li>${prose(line)}</li>`,
  )}</ul></section>
${warningsBox(report.warnings)}
${report.opening ? figure(report.opening, null) : null}
${sections}
${pageLicences()}
</main>
<noscript><p>Without JavaScript the charts are in the .svg and .png files beside this page.</p></noscript>
${pageScripts(charts, Object.fromEntries(folds))}
</body>
</html>
`.text;
}

const WARNINGS_SHOWN = 6;

function warningsBox(texts: readonly string[]): Html | null {
  if (texts.length === 0) return null;
  const items = (some: readonly string[]): Html =>
    html`<ul>${some.map((text) => html`<li>${prose(text)}</li>`)}</ul>`;
  const folded = texts.slice(WARNINGS_SHOWN);
  return html`<section class="warnings" id="warnings"><strong>Before you read on</strong>
${items(texts.slice(0, WARNINGS_SHOWN))}${
  folded.length === 0
    ? null
    : html`<details><summary>${folded.length} more</summary>${items(folded)}</details>`
}</section>`;
}

/** Large folded parts, stored compressed with the charts: name to HTML. */
type Folds = Map<string, string>;
const FOLD_CHARACTERS_MAX = 8000;

function sectionHtml({ id, title, blocks }: Section, folds: Folds): Html {
  return html`<h2 id="${id}">${title}</h2>\n${blocks.map((block) => blockHtml(block, title, folds))}`;
}

function foldHtml(summary: string, blocks: readonly Block[], folds: Folds): Html {
  const inside = html`${blocks.map((block) => blockHtml(block, summary, folds))}`;
  if (inside.text.length <= FOLD_CHARACTERS_MAX) {
    return html`<details><summary>${summary}</summary>${inside}</details>\n`;
  }
  const name = `fold${folds.size + 1}`;
  folds.set(name, inside.text);
  return html`<details data-fold="${name}"><summary>${summary}</summary></details>\n`;
}

/** @param title of the section or fold that holds the block. */
function blockHtml(block: Block, title: string, folds: Folds): Html {
  switch (block.kind) {
    case "text":
      return html`<p>${prose(block.text)}</p>\n`;
    case "list":
      return html`<ul>${block.items.map((item) => html`<li>${prose(item)}</li>`)}</ul>\n`;
    case "code":
      return html`<pre tabindex="0">${block.text}</pre>\n`;
    case "chart":
      return figure(block.chart, block.caption);
    case "table":
      return htmlTable(
        block.columns,
        block.rows.map((row) => row.map(cellHtml)),
        title,
      );
    case "fold":
      return foldHtml(block.summary, block.blocks, folds);
  }
}

/** Gives verdicts a colour and writes intervals in small type below their value. */
function cellHtml(text: string): Html | string {
  if (text === "better" || text === "worse") return html`<span class="${text}">${text}</span>`;
  // No regular expression: one for this took seconds for a long hostile text.
  const open = text.indexOf(" (");
  const interval = open > 0 && text.endsWith(")") ? text.slice(open + 2, -1) : "";
  return interval.includes(" to ") ? html`${text.slice(0, open)}<small>${interval}</small>` : text;
}

/** A place that the page script fills with an interactive chart. */
function figure(chart: Chart, caption: string | null): Html {
  return html`<figure><div class="chart" data-chart="${chart.name}"></div>${
    caption ? html`<figcaption>${prose(caption)}</figcaption>` : null
  }</figure>\n`;
}
