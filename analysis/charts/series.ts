import { seriesName } from "../../results/scenario.js";
import { ARMS, type Arm, PREPARATIONS } from "../../results/vocabulary.js";
import type { SeriesRow } from "./rows.js";
import type { ChartSpec } from "./spec.js";
import { PREPARATION_COLOURS } from "./theme.js";

const ARM_DASHES: Record<Arm, number[]> = {
  inline: [1, 0],
  unbatched: [3, 3],
  "own-files": [10, 3],
  forced: [6, 3],
  "forced-own-files": [6, 2, 2, 2],
  psync: [2, 2],
  libaio: [8, 3, 2, 3],
};
const ARM_SHAPES: Record<Arm, string> = {
  inline: "circle",
  unbatched: "cross",
  "own-files": "triangle-down",
  forced: "diamond",
  "forced-own-files": "triangle-left",
  psync: "square",
  libaio: "triangle-up",
};

/** The series that occur: preparations in their fixed order, controls after their preparation. */
function seriesIn(rows: readonly SeriesRow[]): SeriesRow[] {
  const seen = new Map(rows.map((row) => [row.series, row]));
  return PREPARATIONS.flatMap((preparation) =>
    ARMS.flatMap((arm) => seen.get(seriesName({ preparation, arm })) ?? []),
  );
}

export function seriesNames(rows: readonly SeriesRow[]): string[] {
  return seriesIn(rows).map((row) => row.series);
}

/** Colour by preparation; a control arm keeps the colour and differs by dash and symbol. */
export function seriesEncoding(rows: readonly SeriesRow[]): ChartSpec {
  const series = seriesIn(rows);
  const channel = (rangeOf: (row: SeriesRow) => unknown): ChartSpec => ({
    field: "series",
    type: "nominal",
    scale: { domain: series.map((row) => row.series), range: series.map(rangeOf) },
    legend: { title: "preparation" },
  });
  return {
    color: channel((row) => PREPARATION_COLOURS[row.preparation]),
    strokeDash: channel((row) => ARM_DASHES[row.arm]),
    shape: channel((row) => ARM_SHAPES[row.arm]),
  };
}
