import assert from "node:assert/strict";
import { test } from "node:test";
import { Resvg } from "@resvg/resvg-js";
import { chartSpec } from "../../analysis/charts/spec.js";
import { textWidthOf } from "../../analysis/render/font-widths.js";
import { renderPng } from "../../analysis/render/png.js";
import { FONT_FILES, renderSvg } from "../../analysis/render/svg.js";

const CONTEXT = { workload: "4 KiB writes", subjects: ["6.1"], emulatedNote: null };

const spec = chartSpec("A title to be read", "how to read it, µs", CONTEXT, [{ x: 1 }], {
  mark: "point",
  encoding: { x: { field: "x", type: "quantitative" } },
});

/** Pixels of an image much darker than its background, in the strip where the title stands. */
function darkPixels(svg: string, fontFiles: readonly string[]): number {
  const image = new Resvg(svg, {
    font: { loadSystemFonts: false, fontFiles: [...fontFiles], defaultFontFamily: "DejaVu Sans" },
  }).render();
  let dark = 0;
  const strip = image.width * 4 * 40;
  for (let at = 0; at < strip; at += 4) if ((image.pixels[at] as number) < 100) dark += 1;
  return dark;
}

test("letters are drawn with the shipped fonts, so that a machine without fonts draws them too", async () => {
  const svg = await renderSvg(spec);
  assert.ok(darkPixels(svg, FONT_FILES) > 300, String(darkPixels(svg, FONT_FILES)));
  assert.equal(darkPixels(svg, []), 0);
});

test("the same spec gives the same SVG and the same PNG, byte by byte", async () => {
  const [first, second] = [await renderSvg(spec), await renderSvg(spec)];
  assert.equal(first, second);
  assert.deepEqual(await renderPng(first), await renderPng(second));
});

test("a spec that Vega warns about is an error, not a chart with something missing", async () => {
  const wrong = chartSpec("t", "", CONTEXT, [{ x: 1 }], {
    mark: "bar",
    encoding: { x: { field: "x", type: "quantitative" }, shape: { field: "x", type: "nominal" } },
  });
  await assert.rejects(renderSvg(wrong), /Vega: .*shape/);
});

test("text is as wide as the font says", () => {
  const widthOf = textWidthOf(FONT_FILES[0]);
  // Advance widths of DejaVu Sans in units of 2048 per em: H 1540, i 569, space 651.
  assert.equal(widthOf("Hi"), (1540 + 569) / 2048);
  assert.equal(widthOf("H i"), (1540 + 651 + 569) / 2048);
  assert.equal(widthOf("\u{1f680}") > 0.5, true);
});
