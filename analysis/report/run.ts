import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { UserError } from "../../terminal/errors.js";
import { makeFolders } from "../../terminal/make-folders.js";
import { visible } from "../../terminal/quote.js";
import { parseDurationNs } from "../../terminal/units.js";
import { type Fleet, readFleet } from "../fleet/fleet.js";
import { parseGroupBy } from "../fleet/group-key.js";
import { hostsIn } from "../fleet/hosts.js";
import { type Analysis, analyse } from "../loading/analysis.js";
import { defaultPaths } from "../loading/find-files.js";
import { sayNotices } from "../loading/notices.js";
import { parseRate } from "../plan/run.js";
import { ChartWriter } from "../render/chart-writer.js";
import { buildReport } from "./build.js";
import { reportMarkdown } from "./markdown.js";
import { reportPage } from "./page.js";

export interface ReportOptions {
  out: string;
  title?: string;
  iops: string;
  p99: string;
}

/** Writes the report folder and says on stdout where the page lies. Throws UserError. */
export async function writeReport(paths: readonly string[], options: ReportOptions): Promise<void> {
  const demand = {
    iops: parseRate(options.iops, "--iops"),
    latencyNsP99: parseDurationNs(options.p99, "--p99"),
  };
  const { out, title } = options;
  // Its threads load Vega while this one reads the results.
  const writer = new ChartWriter(out);
  try {
    const { analysis, fleet } = await read(paths.length > 0 ? paths : defaultPaths());
    makeFolder(out);
    sayNotices(analysis);
    const report = buildReport(analysis, {
      title: title === undefined ? null : visible(title),
      demand,
      out,
      fleet,
      onChart: (chart) => writer.add(chart),
    });
    const page = join(out, "index.html");
    writeFileSync(page, reportPage(report));
    writeFileSync(join(out, "report.md"), reportMarkdown(report));
    await writer.finish();
    process.stdout.write(`${page}\n`);
  } finally {
    await writer.close();
  }
}

/** Of a fleet, without the hosts whose environment is doubtful: the report names these. */
async function read(
  paths: readonly string[],
): Promise<{ analysis: Analysis; fleet: Fleet | null }> {
  const hosts = await hostsIn(paths);
  if (hosts.length < 2) return { analysis: await analyse(paths), fleet: null };
  const options = { groupOf: parseGroupBy("kernel"), withDoubtful: false };
  const fleet = await readFleet(paths, options, hosts);
  return { analysis: fleet.analysis, fleet };
}

function makeFolder(folder: string): void {
  try {
    makeFolders(resolve(folder));
  } catch (error) {
    throw new UserError(
      `cannot write the report to ${folder}: ${(error as Error).message}`,
      "Name another folder with --out.",
    );
  }
}
