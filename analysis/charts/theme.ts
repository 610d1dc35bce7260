import type { Preparation } from "../../results/vocabulary.js";

/**
 * One colour for each preparation in every chart, from Okabe and Ito's palette, which readers with the common
 * colour deficiencies can tell apart (https://jfly.uni-koeln.de/color/). Warm colours are for preparations that
 * always punt, blue for those that depend on the kernel, green for the one that never does.
 */
export const PREPARATION_COLOURS: Record<Preparation, string> = {
  "no-fallocate": "#D55E00",
  "keep-size": "#E69F00",
  "fallocate-0": "#56B4E9",
  "zero-range": "#0072B2",
  "dd-prefill": "#009E73",
};

/** Who spent the CPU time. */
export const SPENDER_COLOURS = {
  submitter: "#6A7FDB",
  "io-wq workers": "#C2477F",
  "kernel workers": "#E69F00",
  "rest of the system": "#A9A9A9",
} as const;

/** Verdicts: good and bad must differ in lightness as well as in hue. */
/** Verdicts on a change, in the order of the legend; the key "within" is shown with its share. */
export const VERDICT_COLOURS = {
  better: "#009E73",
  "slightly better": "#8CCFB9",
  within: "#8C8C8C",
  "slightly worse": "#EBB08A",
  worse: "#D55E00",
  "not enough data": "#B9A6D9",
} as const;

interface Shades {
  background: string;
  text: string;
  faint: string;
  grid: string;
}

export const LIGHT: Shades = {
  background: "#ffffff",
  text: "#1f2328",
  faint: "#57606a",
  grid: "#e3e6ea",
};
export const DARK: Shades = {
  background: "#16191d",
  text: "#e6e8eb",
  faint: "#a3abb5",
  grid: "#343a42",
};

const FONT = "DejaVu Sans, Verdana, sans-serif";

/** Colours and sizes of every chart; the report uses the dark shades when the reader's system is dark. */
export function chartConfig(shades: Shades = LIGHT): Record<string, unknown> {
  const words = {
    labelColor: shades.text,
    titleColor: shades.text,
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: "normal",
  };
  return {
    background: shades.background,
    font: FONT,
    padding: 12,
    view: { stroke: shades.grid },
    title: {
      anchor: "start",
      color: shades.text,
      fontSize: 15,
      subtitleColor: shades.faint,
      subtitleFontSize: 12,
      subtitlePadding: 5,
      offset: 12,
      frame: "bounds",
    },
    axis: {
      ...words,
      gridColor: shades.grid,
      domainColor: shades.faint,
      tickColor: shades.faint,
      labelLimit: 260,
    },
    header: {
      labelColor: shades.text,
      titleColor: shades.text,
      labelFontSize: 12,
      labelFontWeight: "bold",
      labelLimit: 340,
    },
    legend: {
      ...words,
      labelLimit: 260,
      symbolOpacity: 1,
      symbolStrokeWidth: 0,
    },
    text: { color: shades.text },
  };
}
