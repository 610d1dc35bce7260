import { runCompare } from "../../analysis/comparison/run.js";
import { exportRows } from "../../analysis/export/rows.js";
import { analyse } from "../../analysis/loading/analysis.js";
import { writeReport } from "../../analysis/report/run.js";

// Started by analysis.ts: does one piece of analysis in a separate process, and prints on stderr what it took.
const [what, ...paths] = process.argv.slice(2);
const startedAt = performance.now();
if (what === "report") {
  const [input, out] = paths as [string, string];
  await writeReport([input], { out, iops: "100k", p99: "2ms" });
} else if (what === "compare") {
  const [a, b] = paths as [string, string];
  await runCompare(a, b, { threshold: "5%" });
} else {
  const { cells } = await analyse(paths);
  process.stdout.write(`${exportRows(cells).length} cells\n`);
}
const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
const figures = {
  seconds: (performance.now() - startedAt) / 1000,
  sinceStartSeconds: performance.now() / 1000,
  cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
  maxRssMb: maxRSS / 1024,
};
process.stderr.write(`${JSON.stringify(figures)}\n`);
