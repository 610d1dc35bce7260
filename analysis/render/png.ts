import { renderAsync } from "@resvg/resvg-js";
import { FONT_FILES } from "./svg.js";

/** Twice the size of the page, so that text stays sharp when printed or zoomed. */
const SCALE = 2;

/** Only the shipped fonts are used: a machine without fonts would otherwise lose every letter in silence. */
export async function renderPng(svg: string): Promise<Buffer> {
  const image = await renderAsync(svg, {
    fitTo: { mode: "zoom", value: SCALE },
    font: {
      loadSystemFonts: false,
      fontFiles: [...FONT_FILES],
      defaultFontFamily: "DejaVu Sans",
    },
  });
  return Buffer.from(image.asPng());
}
