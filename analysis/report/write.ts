import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../terminal/errors.js";
import { parseDurationNs } from "../../terminal/units.js";
import { analyse, defaultPaths } from "../analysis.js";
import type { Chart } from "../charts/chart.js";
import type { ReportOptions } from "../commands/report.js";
import { parseRate } from "../plan/run.js";
import { renderPng } from "../render/png.js";
import { renderSvg } from "../render/svg.js";
import { buildReport, DEFAULT_TITLE } from "./build.js";
import { reportMarkdown } from "./markdown.js";
import { chartsOf } from "./model.js";
import { reportPage } from "./page.js";

/** Writes the report folder and says on stdout where the page lies. Throws UserError. */
export async function writeReport(paths: readonly string[], options: ReportOptions): Promise<void> {
  const demand = {
    iops: parseRate(options.iops, "--iops"),
    latencyNsP99: parseDurationNs(options.p99, "--p99"),
  };
  const analysis = await analyse(paths.length > 0 ? paths : defaultPaths());
  for (const { file, message } of analysis.problems) {
    process.stderr.write(`puntbench: ${file}: ${message}\n`);
  }
  const { out, title = DEFAULT_TITLE } = options;
  const report = buildReport(analysis, { title, demand, out });
  makeFolder(out);
  const beside = chartsOf(report).filter(({ filesBeside }) => filesBeside);
  await writeCharts(
    beside.map(({ chart }) => chart),
    out,
  );
  const page = join(out, "index.html");
  writeFileSync(page, reportPage(report));
  writeFileSync(join(out, "report.md"), reportMarkdown(report));
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

/** Two at a time: while one is laid out here, another becomes pixels in a thread of its own. */
async function writeCharts(charts: readonly Chart[], folder: string): Promise<void> {
  const waiting = [...charts];
  const work = async (): Promise<void> => {
    for (let chart = waiting.shift(); chart; chart = waiting.shift()) {
      await writeChart(chart, folder);
    }
  };
  await Promise.all([work(), work()]);
}

async function writeChart(chart: Chart, folder: string): Promise<void> {
  const svg = await renderSvg(chart.spec);
  writeFileSync(join(folder, `${chart.name}.vl.json`), `${JSON.stringify(chart.spec, null, 1)}\n`);
  writeFileSync(join(folder, `${chart.name}.svg`), svg);
  writeFileSync(join(folder, `${chart.name}.png`), await renderPng(svg));
}
