import { ARMS, type Arm, PREPARATIONS, type Preparation } from "../../results/vocabulary.js";
import { seriesName } from "../cells/cells.js";
import type { ChartSpec } from "./chart-spec.js";
import { PREPARATION_COLOURS } from "./theme.js";

/** What a line or a bar stands for: a preparation, or a preparation under a control arm. */
export interface SeriesRow {
  series: string;
  preparation: Preparation;
  arm: Arm;
}

const ARM_DASHES: Record<Arm, number[]> = {
  inline: [1, 0],
  forced: [6, 3],
  psync: [2, 2],
  libaio: [8, 3, 2, 3],
};
const ARM_SHAPES: Record<Arm, string> = {
  inline: "circle",
  forced: "diamond",
  psync: "square",
  libaio: "triangle-up",
};

/** The series that occur, preparations in their fixed order, controls after their preparation. */
export function seriesIn(rows: readonly SeriesRow[]): SeriesRow[] {
  const seen = new Map(rows.map((row) => [row.series, row]));
  const all: SeriesRow[] = [];
  for (const preparation of PREPARATIONS) {
    for (const arm of ARMS) {
      const row = seen.get(seriesName({ preparation, arm }));
      if (row) all.push({ series: row.series, preparation, arm });
    }
  }
  return all;
}

/** Colour by preparation; a control arm keeps the colour and differs by dash and symbol. */
export function seriesEncoding(rows: readonly SeriesRow[], marks: "line" | "bar"): ChartSpec {
  const series = seriesIn(rows);
  const domain = series.map((row) => row.series);
  const channel = (range: unknown[], legend: unknown = { title: "preparation" }): ChartSpec => ({
    field: "series",
    type: "nominal",
    scale: { domain, range },
    legend,
  });
  const color = channel(series.map((row) => PREPARATION_COLOURS[row.preparation]));
  if (marks === "bar") return { color };
  return {
    color,
    strokeDash: channel(series.map((row) => ARM_DASHES[row.arm])),
    shape: channel(series.map((row) => ARM_SHAPES[row.arm])),
  };
}
