import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Chart } from "../charts/spec.js";
import { renderPng } from "./png.js";
import { renderSvg } from "./svg.js";

/** The three files of a chart: the spec, and two pictures of it. */
export async function writeChart(chart: Chart, folder: string): Promise<void> {
  const svg = await renderSvg(chart.spec);
  writeFileSync(join(folder, `${chart.name}.vl.json`), `${JSON.stringify(chart.spec)}\n`);
  writeFileSync(join(folder, `${chart.name}.svg`), svg);
  writeFileSync(join(folder, `${chart.name}.png`), await renderPng(svg));
}
