import type { Analysis } from "../analysis.js";
import type { Chart } from "../charts/chart.js";
import { type Html, html } from "./html.js";
import { provenanceSection } from "./provenance.js";
import { CONTENT_SECURITY_POLICY, pageScripts, pageStyle } from "./scripts.js";
import { warningsBox } from "./warnings.js";

/** The whole report as one file: no request, no eval, readable from disk and offline. */
export function reportPage(analysis: Analysis, charts: readonly Chart[], title: string): string {
  const page = html`<!doctype html>
<html lang="en" data-theme="light">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${CONTENT_SECURITY_POLICY}">
<title>${title}</title>
${pageStyle()}
</head>
<body>
<header>
<button class="theme" type="button">light / dark</button>
<h1>${title}</h1>
<p class="faint">${whatWasRead(analysis)}</p>
</header>
<main>
${warningsBox(analysis)}
${charts.map((chart) => figure(chart))}
${provenanceSection(analysis)}
</main>
<noscript><p>Without JavaScript the charts are in the .svg and .png files beside this page.</p></noscript>
${pageScripts(charts)}
</body>
</html>
`;
  return page.text;
}

export const DEFAULT_TITLE = "What an io_uring write costs when it is punted";

function whatWasRead(analysis: Analysis): string {
  const trials = analysis.cells.reduce((sum, cell) => sum + cell.runOf.length, 0);
  const kernels = new Set(analysis.subjects.map((subject) => subject.kernelLabel)).size;
  return `${trials.toLocaleString("en")} trials of ${plural(analysis.runs.length, "run")} on ${plural(kernels, "kernel")}`;
}

export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

/** A place that the page script fills with an interactive chart. */
export function figure(chart: Chart, caption?: Html): Html {
  return html`<figure><div class="chart" data-chart="${chart.name}"></div>${
    caption ? html`<figcaption>${caption}</figcaption>` : null
  }</figure>\n`;
}
