import { HEAT_GAPS, heatLayers, LABEL_COLOUR } from "./heat.js";
import { byName, type ChartContext, type ChartSpec, chartSpec } from "./spec.js";

/** The requests to one file with one operation, at one place. */
export interface WorkloadRow {
  /** File and operation. */
  series: string;
  file: string;
  /** A kernel, or the recording. */
  place: string;
  /** Punts for each request; null: no request was seen. */
  value: number | null;
  label: string;
  /** Most frequent first; "" where there is none. */
  cause: string;
  causes: string;
  requests: number;
}

/** "7.3 (dd-prefill)": what was changed stands below the kernel. */
const IN_TWO_LINES =
  "indexof(datum.label, ' (') < 0 ? datum.label : [slice(datum.label, 0, indexof(datum.label, ' (')), slice(datum.label, indexof(datum.label, ' (') + 1)]";

/** Files and operations by kernel, with the punt ratio and its most frequent cause in each cell. */
export function workloadChart(
  title: string,
  rows: readonly WorkloadRow[],
  context: ChartContext,
): ChartSpec {
  const reading = "punts for each request, and their most frequent cause; n/m: not measured";
  const layers = heatLayers(12, [
    { field: "place", type: "nominal", title: "kernel" },
    { field: "file", type: "nominal" },
    { field: "label", type: "nominal", title: "punts for each request" },
    { field: "causes", type: "nominal" },
    { field: "requests", type: "quantitative", title: "requests recorded", format: ",d" },
  ]);
  const causes = {
    mark: { type: "text", fontSize: 9, dy: 11 },
    encoding: { text: { field: "cause", type: "nominal" }, color: LABEL_COLOUR },
  };
  return chartSpec(title, reading, context, rows, {
    width: { step: 104 },
    height: { step: 40 },
    encoding: {
      x: byName("place", context.subjects, {
        scale: HEAT_GAPS,
        axis: {
          orient: "top",
          labelAngle: 0,
          labelExpr: IN_TWO_LINES,
          domain: false,
          ticks: false,
          labelPadding: 8,
        },
      }),
      y: byName("series", [...new Set(rows.map(({ series }) => series))], {
        scale: HEAT_GAPS,
        axis: { domain: false, ticks: false, labelPadding: 8 },
      }),
    },
    layer: [...layers, causes],
  });
}
