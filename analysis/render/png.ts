import { renderAsync } from "@resvg/resvg-js";
import { FONT_FILES } from "./svg.js";

/** Twice the size of the page, so that text stays sharp when printed or zoomed; less for large charts. */
const SCALE_MAX = 2;
const SCALE_MIN = 1.25;
const PIXELS_MAX = 2.5e6;

/** Only the shipped fonts are used: on a machine without fonts all letters would be missing, without an error. */
export async function renderPng(svg: string): Promise<Buffer> {
  const image = await renderAsync(svg, {
    fitTo: { mode: "zoom", value: scaleOf(svg) },
    font: {
      loadSystemFonts: false,
      fontFiles: [...FONT_FILES],
      defaultFontFamily: "DejaVu Sans",
    },
  });
  return Buffer.from(image.asPng());
}

function scaleOf(svg: string): number {
  const [, width, height] = /width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? [];
  const pixels = Number(width) * Number(height);
  const fitting = pixels > 0 ? Math.sqrt(PIXELS_MAX / pixels) : SCALE_MAX;
  return Math.max(SCALE_MIN, Math.min(SCALE_MAX, fitting));
}
