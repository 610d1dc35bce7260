import { readFileSync } from "node:fs";

/** How wide a text is, as a multiple of the font size. */
export type TextWidth = (text: string) => number;

/**
 * Reads glyph widths from a TrueType file: enough to lay out a chart without a browser.
 * Tables as in https://learn.microsoft.com/typography/opentype/spec (cmap format 4, hhea, hmtx, head).
 * Characters outside the font count as one em.
 */
export function textWidthOf(fontFile: string): TextWidth {
  const font = readFileSync(fontFile);
  const tables = tableOffsets(font);
  const offset = (tag: string): number => {
    const found = tables.get(tag);
    if (found === undefined) throw new Error(`${fontFile}: no ${tag} table`);
    return found;
  };
  const unitsPerEm = font.readUInt16BE(offset("head") + 18);
  const metrics = font.readUInt16BE(offset("hhea") + 34);
  const hmtx = offset("hmtx");
  const glyphOf = characterMap(font, offset("cmap"));
  const widthOf = (codePoint: number): number => {
    const glyph = glyphOf(codePoint);
    if (glyph === 0) return 1;
    return font.readUInt16BE(hmtx + 4 * Math.min(glyph, metrics - 1)) / unitsPerEm;
  };
  return (text) => {
    let width = 0;
    for (const character of text) width += widthOf(character.codePointAt(0) as number);
    return width;
  };
}

function tableOffsets(font: Buffer): Map<string, number> {
  const offsets = new Map<string, number>();
  for (let index = 0; index < font.readUInt16BE(4); index += 1) {
    const record = 12 + 16 * index;
    offsets.set(font.toString("latin1", record, record + 4), font.readUInt32BE(record + 8));
  }
  return offsets;
}

function characterMap(font: Buffer, cmap: number): (codePoint: number) => number {
  const table = formatFour(font, cmap);
  const segments = font.readUInt16BE(table + 6) / 2;
  const ends = table + 14;
  const starts = ends + 2 * segments + 2;
  const deltas = starts + 2 * segments;
  const rangeOffsets = deltas + 2 * segments;
  return (codePoint) => {
    for (let index = 0; index < segments; index += 1) {
      if (codePoint > font.readUInt16BE(ends + 2 * index)) continue;
      const start = font.readUInt16BE(starts + 2 * index);
      if (codePoint < start) return 0;
      const delta = font.readUInt16BE(deltas + 2 * index);
      const at = rangeOffsets + 2 * index;
      const rangeOffset = font.readUInt16BE(at);
      if (rangeOffset === 0) return (codePoint + delta) & 0xffff;
      const glyph = font.readUInt16BE(at + rangeOffset + 2 * (codePoint - start));
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  };
}

function formatFour(font: Buffer, cmap: number): number {
  for (let index = 0; index < font.readUInt16BE(cmap + 2); index += 1) {
    const subtable = cmap + font.readUInt32BE(cmap + 4 + 8 * index + 4);
    if (font.readUInt16BE(subtable) === 4) return subtable;
  }
  throw new Error("the font has no cmap of format 4");
}
