import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { packageRoot } from "../../terminal/package-root.js";
import type { Chart, ChartSpec } from "../charts/spec.js";
import { chartConfig, DARK, LIGHT } from "../charts/theme.js";
import { type Html, html, trusted } from "./html.js";
import { licencesOf } from "./licences.js";

const LIBRARIES = [
  ["vega", "vega.min.js"],
  ["vega-lite", "vega-lite.min.js"],
  ["vega-embed", "vega-embed.min.js"],
] as const;

/** The page runs only what is in it: nothing from the network and no eval. */
export const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:";

export function pageStyle(): Html {
  return html`<style>${trusted(asset("page.css"))}</style>`;
}

/**
 * Libraries, chart specs, large folded parts, and the script that draws them. Specs and tables repeat themselves
 * a lot, so the page holds them compressed and the browser unpacks them.
 */
export function pageScripts(
  charts: readonly Chart[],
  folds: Readonly<Record<string, string>>,
): Html {
  const specs = Object.fromEntries(charts.map(({ name, spec }) => [name, withoutConfig(spec)]));
  const data = { specs, folds, light: chartConfig(LIGHT), dark: chartConfig(DARK) };
  const packed = gzipSync(JSON.stringify(data), { level: 9 }).toString("base64");
  return html`${LIBRARIES.map(([name, file]) => inline(library(name, file)))}
<script type="text/plain" id="chart-specs">${trusted(packed)}</script>
${inline(asset("page.js"))}`;
}

/** The licences of the libraries in the page, folded. */
export function pageLicences(): Html {
  const licences = licencesOf(LIBRARIES.map(([name]) => name));
  return html`<details id="licences"><summary>Licences of the libraries in this page</summary>${licences.map(
    ({ packages, text }) => html`<p>${packages.join(", ")}</p><pre>${text}</pre>\n`,
  )}</details>`;
}

/** The page sets the colours, light or dark. */
function withoutConfig(spec: ChartSpec): ChartSpec {
  const { config: _, ...rest } = spec;
  return rest;
}

function inline(script: string): Html {
  const safe = script
    .replaceAll(/<\/script/gi, "<\\/script")
    .replaceAll("<!--", "<\\!--")
    .replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "");
  return html`<script>${trusted(safe)}</script>\n`;
}

/** The packages do not export their minified bundles; these lie in the same folder as the exported file. */
function library(name: string, file: string): string {
  const folder = dirname(fileURLToPath(import.meta.resolve(name)));
  return readFileSync(join(folder, file), "utf8");
}

function asset(name: string): string {
  return readFileSync(join(packageRoot(), "analysis", "report", "assets", name), "utf8");
}
