import { type ChartContext, type ChartSpec, chartSpec, subtitleOf } from "./chart.js";
import type { CpuRow, Spender } from "./cpu.js";
import { intervalTooltip, KERNEL_AND_SERIES } from "./lines.js";
import { seriesIn } from "./series.js";
import { SPENDER_COLOURS } from "./theme.js";

/** Instructions per write, in thousands, stacked by who executed them: exact without any hardware. */
export function instructionsChart(rows: readonly CpuRow[], context: ChartContext): ChartSpec {
  const spenders = Object.keys(SPENDER_COLOURS) as Spender[];
  const present = spenders.filter((spender) => rows.some((row) => row.spender === spender));
  const depth = rows[0]?.queueDepth;
  const reading = `executed instructions at queue depth ${depth}, counted under emulation: exact, and never a time`;
  return chartSpec("Instructions per write", subtitleOf(context, reading), rows, {
    facet: {
      row: {
        field: "series",
        type: "nominal",
        title: null,
        sort: seriesIn(rows).map((row) => row.series),
        header: { labelAngle: 0, labelOrient: "left", labelAlign: "left", labelPadding: 8 },
      },
    },
    spec: {
      width: 480,
      height: { step: 22 },
      params: [{ name: "pick", select: { type: "point", fields: ["spender"] }, bind: "legend" }],
      mark: { type: "bar" },
      encoding: {
        y: {
          field: "kernel",
          type: "nominal",
          title: null,
          sort: context.subjects,
          axis: { domain: false, ticks: false, labelPadding: 6 },
        },
        x: {
          field: "value",
          type: "quantitative",
          title: "thousand instructions per write",
          stack: "zero",
        },
        color: {
          field: "spender",
          type: "nominal",
          title: "executed by",
          scale: { domain: present, range: present.map((spender) => SPENDER_COLOURS[spender]) },
          legend: { orient: "top", symbolType: "square" },
        },
        order: { field: "order", type: "quantitative" },
        opacity: { condition: { param: "pick", empty: true, value: 1 }, value: 0.12 },
        tooltip: [
          ...KERNEL_AND_SERIES,
          { field: "spender", type: "nominal", title: "executed by" },
          { field: "value", type: "quantitative", title: "thousand per write", format: ",.2f" },
          ...intervalTooltip(",.2f"),
        ],
      },
    },
    spacing: 10,
  });
}
