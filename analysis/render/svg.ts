import { join } from "node:path";
import * as vega from "vega";
import { compile } from "vega-lite";
import { packageRoot } from "../../terminal/package-root.js";
import type { ChartSpec } from "../charts/spec.js";
import { textWidthOf } from "./font-widths.js";

const fontFolder = join(packageRoot(), "analysis", "fonts");
export const FONT_FILES = [
  join(fontFolder, "DejaVuSans.ttf"),
  join(fontFolder, "DejaVuSans-Bold.ttf"),
] as const;

/** Warnings that Vega gives in Node for every chart. */
const HARMLESS = [/Can not resolve event source: window/];

/** Lays out a chart without a browser; the same spec gives the same bytes. Throws on any Vega warning. */
export async function renderSvg(spec: ChartSpec): Promise<string> {
  measureTextLikeABrowser();
  const warnings: string[] = [];
  const logger = vega.logger(vega.Warn, "warn", (_method, _level, texts) => {
    warnings.push(texts.join(" "));
  });
  const compiled = compile(spec as unknown as Parameters<typeof compile>[0], { logger }).spec;
  vega.resetSVGDefIds();
  const view = new vega.View(vega.parse(compiled), { renderer: "none", logger });
  try {
    const svg = await view.toSVG();
    const serious = warnings.filter((text) => !HARMLESS.some((known) => known.test(text)));
    if (serious.length > 0) throw new Error(`Vega: ${serious.join("; ")}`);
    return svg;
  } finally {
    view.finalize();
  }
}

let measuring = false;

/** Without a canvas Vega only estimates widths. With those of the shipped font, the layout is that of a browser. */
function measureTextLikeABrowser(): void {
  if (measuring) return;
  measuring = true;
  const [regular, bold] = FONT_FILES.map(textWidthOf);
  const metrics = vega as unknown as {
    textMetrics: { width: (item: TextItem, text: unknown) => number };
  };
  metrics.textMetrics.width = (item, text) => {
    const widthOf = (isBold(item.fontWeight) ? bold : regular) as NonNullable<typeof regular>;
    return widthOf(String(text ?? "")) * (item.fontSize ?? 11);
  };
}

interface TextItem {
  fontSize?: number;
  fontWeight?: string | number;
}

function isBold(weight: string | number | undefined): boolean {
  return weight === "bold" || Number(weight) >= 600;
}
