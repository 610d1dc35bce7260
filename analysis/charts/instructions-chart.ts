import { type SpenderRow, spendersIn } from "./cpu-chart.js";
import { partTooltip } from "./lines.js";
import { seriesNames } from "./series.js";
import { byName, type ChartContext, type ChartSpec, chartSpec } from "./spec.js";
import { stackedBars } from "./stacked-bars.js";

/** Instructions per write, in thousands, stacked by who executed them: exact without any hardware. */
export function instructionsChart(rows: readonly SpenderRow[], context: ChartContext): ChartSpec {
  const { parts, colours } = spendersIn(rows);
  const depth = rows[0]?.queueDepth;
  const reading = `executed instructions at queue depth ${depth}, counted under emulation: exact, and never a time`;
  const header = { labelAngle: 0, labelOrient: "left", labelAlign: "left", labelPadding: 8 };
  return chartSpec("Instructions per write", reading, context, rows, {
    facet: { row: byName("series", seriesNames(rows), { header }) },
    spec: stackedBars({
      part: "spender",
      partTitle: "executed by",
      parts,
      colours,
      valueTitle: "thousand instructions per write",
      bars: { field: "kernel", sort: context.subjects },
      width: 480,
      stepPixels: 22,
      tooltip: partTooltip({ field: "spender", title: "executed by" }, "thousand per write"),
    }),
    spacing: 10,
  });
}
