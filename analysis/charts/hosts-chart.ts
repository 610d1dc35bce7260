import { byName, byNumber, type ChartContext, type ChartSpec, chartSpec } from "./spec.js";

/** How the writes of a host's trials were executed. */
export const EXECUTIONS = {
  "writes punt": "#D55E00",
  "no write punts": "#009E73",
  "punts not measured": "#8C8C8C",
} as const;

/** One host: the median of its trials of one scenario. */
export interface HostRow {
  kernel: string;
  series: string;
  host: string;
  value: number;
  execution: keyof typeof EXECUTIONS;
  /** 0..1, from the host's name: spreads points that would lie on each other. */
  jitter: number;
}

/** A strip of hosts for each kernel, in a panel for each preparation; a line at the median host. */
export function hostsChart(
  title: string,
  valueTitle: string,
  rows: readonly HostRow[],
  context: ChartContext,
): ChartSpec {
  const reading = "each point is a host, the median of its trials; the line is the median host";
  const shown = Object.keys(EXECUTIONS).filter((name) =>
    rows.some(({ execution }) => execution === name),
  ) as (keyof typeof EXECUTIONS)[];
  const series = [...new Set(rows.map((row) => row.series))];
  const value = byNumber("value", valueTitle, { zero: true, nice: true }, { tickCount: 5 });
  return chartSpec(title, reading, context, rows, {
    facet: byName("series", series, { header: { labelPadding: 6 } }),
    columns: Math.min(3, series.length),
    spec: {
      width: 250,
      height: { step: 46 },
      encoding: {
        y: byName("kernel", context.subjects, { axis: { domain: false, ticks: false } }),
      },
      layer: [
        {
          mark: { type: "point", filled: true, size: 26, opacity: 0.65 },
          encoding: {
            x: value,
            yOffset: { field: "jitter", type: "quantitative", scale: { domain: [-0.3, 1.3] } },
            color: {
              field: "execution",
              type: "nominal",
              title: null,
              scale: { domain: shown, range: shown.map((name) => EXECUTIONS[name]) },
            },
            tooltip: [
              { field: "host", type: "nominal" },
              { field: "kernel", type: "nominal" },
              { field: "series", type: "nominal", title: "preparation" },
              { field: "value", type: "quantitative", title: valueTitle, format: ",.3~f" },
              { field: "execution", type: "nominal", title: "punts" },
            ],
          },
        },
        {
          mark: { type: "tick", thickness: 2, size: 38, color: "#57606a" },
          encoding: { x: { ...value, aggregate: "median" } },
        },
      ],
    },
  });
}
