import { pickedOpacity } from "./lines.js";
import { byName, type ChartSpec } from "./spec.js";

/** The parts of a bar. Rows have `value`, and `order`, the position in the stack. */
export interface Stack {
  /** Field that names a part, and its title in legend and tooltip. */
  part: string;
  partTitle: string | null;
  parts: readonly string[];
  colours: readonly string[];
  legend?: ChartSpec;
  valueTitle: string;
  /** Scale and axis of the value, when they differ from the usual ones. */
  valueScale?: ChartSpec;
  /** Field and order of the bars. */
  bars: { field: string; sort: readonly string[] };
  width: number;
  stepPixels: number;
  /** Opacity of a part, when it does not only depend on the legend. */
  opacity?: ChartSpec;
  tooltip: readonly ChartSpec[];
}

/** Horizontal stacked bars; a click on the legend leaves one part. */
export function stackedBars(stack: Stack): ChartSpec {
  const { part, partTitle, valueTitle } = stack;
  return {
    width: stack.width,
    height: { step: stack.stepPixels },
    params: [{ name: "pick", select: { type: "point", fields: [part] }, bind: "legend" }],
    mark: { type: "bar" },
    encoding: {
      y: byName(stack.bars.field, stack.bars.sort, {
        scale: { domain: stack.bars.sort },
        axis: { domain: false, ticks: false, labelPadding: 6 },
      }),
      x: {
        field: "value",
        type: "quantitative",
        title: valueTitle,
        stack: "zero",
        ...stack.valueScale,
      },
      color: {
        field: part,
        type: "nominal",
        title: partTitle,
        scale: { domain: stack.parts, range: stack.colours },
        legend: { orient: "top", symbolType: "square", ...stack.legend },
      },
      order: { field: "order", type: "quantitative" },
      opacity: stack.opacity ?? pickedOpacity(1, 0.12),
      tooltip: stack.tooltip,
    },
  };
}

/** Rows in the order in which their parts are stacked. */
export function inOrder<Row extends { order: number }>(rows: readonly Row[]): Row[] {
  return [...rows].sort((a, b) => a.order - b.order);
}
