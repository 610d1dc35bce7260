import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../terminal/errors.js";
import { analyse, defaultPaths } from "../analysis.js";
import type { Chart } from "../charts/chart.js";
import { overviewCharts } from "../figures/overview.js";
import { renderPng } from "../render/png.js";
import { renderSvg } from "../render/svg.js";
import { DEFAULT_TITLE, reportPage } from "./page.js";

export interface ReportOptions {
  out: string;
  title?: string;
}

/** Writes the report folder and says on stdout what lies where. Throws UserError. */
export async function writeReport(paths: readonly string[], options: ReportOptions): Promise<void> {
  const analysis = await analyse(paths.length > 0 ? paths : defaultPaths());
  for (const { file, message } of analysis.problems) {
    process.stderr.write(`puntbench: ${file}: ${message}\n`);
  }
  const charts = overviewCharts(analysis, null, null);
  makeFolder(options.out);
  await Promise.all(charts.map((chart) => writeChart(chart, options.out)));
  const page = join(options.out, "index.html");
  writeFileSync(page, reportPage(analysis, charts, options.title ?? DEFAULT_TITLE));
  process.stdout.write(`${page}\n`);
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new UserError(
      `cannot write the report to ${folder}: ${(error as Error).message}`,
      "Name another folder with --out.",
    );
  }
}

async function writeChart(chart: Chart, folder: string): Promise<void> {
  const svg = await renderSvg(chart.spec);
  writeFileSync(join(folder, `${chart.name}.vl.json`), `${JSON.stringify(chart.spec, null, 1)}\n`);
  writeFileSync(join(folder, `${chart.name}.svg`), svg);
  writeFileSync(join(folder, `${chart.name}.png`), await renderPng(svg));
}
