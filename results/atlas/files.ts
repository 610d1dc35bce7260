import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../terminal/package-root.js";
import { AtlasFile } from "./schema.js";

/** The atlas that comes with puntbench. */
export function packagedAtlas(): string {
  return join(packageRoot(), "results", "atlas", "data");
}

export interface LoadedAtlas {
  files: AtlasFile[];
  /** One sentence for each file that is no file of the atlas. */
  passedOver: string[];
}

/** All files below `folder`; none where it does not exist. A file that cannot be read is named and passed over. */
export function loadAtlas(folder: string): LoadedAtlas {
  const loaded: LoadedAtlas = { files: [], passedOver: [] };
  for (const path of filesIn(folder)) {
    const file = loadAtlasFile(path);
    if (file === null) loaded.passedOver.push(`${path} is no file of this atlas`);
    else loaded.files.push(file);
  }
  return loaded;
}

/** `<kernel>/<place>.json`. */
function filesIn(folder: string): string[] {
  const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
  const kernels = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return kernels.sort().flatMap((kernel) =>
    readdirSync(join(folder, kernel))
      .filter((name) => name.endsWith(".json"))
      .sort()
      .map((name) => join(folder, kernel, name)),
  );
}

/** null where there is none, or where it has another format. */
export function loadAtlasFile(path: string): AtlasFile | null {
  try {
    return AtlasFile.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return null;
  }
}

/** One line a cell, so that a change of one cell is a change of one line. */
export function atlasText({ cells, ...about }: AtlasFile): string {
  const head = JSON.stringify(about, null, 1).slice(0, -2);
  return `${head},\n "cells": [\n${cells.map((cell) => `  ${JSON.stringify(cell)}`).join(",\n")}\n ]\n}\n`;
}
