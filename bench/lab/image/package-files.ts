import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** Dependencies of charts: guests and hosts of a fleet measure, and draw nothing. */
const OF_CHARTS = ["vega", "vega-lite", "vega-embed", "@resvg/resvg-js"];
/** What compiles the addon. */
const OF_THE_BUILD = ["node-gyp", "node-addon-api"];
const BUILD_PROGRAM = "scripts/build-native.mjs";

/** Files of a package that run nothing. */
const NOT_CODE = /\.(ts|mts|cts|map|md)$/;

/**
 * The built puntbench, its addon and the packages it needs, relative to `root`, the folder of
 * package.json.
 */
export function packageFiles(root: string): string[] {
  const addons = addonFiles(root).map((path) => relative(root, path));
  return [...withoutAddons(root, [...OF_CHARTS, ...OF_THE_BUILD]), ...addons];
}

/** The same without the addon, and all that a machine without a registry compiles it from. */
export function sourceFiles(root: string): string[] {
  const sources = filesBelow(join(root, "native"))
    .map((path) => relative(root, path))
    .filter((path) => !/^native\/(build|test)\//.test(path) && !path.endsWith(".ts"));
  return [...withoutAddons(root, OF_CHARTS), BUILD_PROGRAM, ...sources];
}

function withoutAddons(root: string, withoutPackages: readonly string[]): string[] {
  const files = [join(root, "dist"), ...productionPackages(root, withoutPackages)]
    .flatMap(filesBelow)
    .map((path) => relative(root, path))
    .filter((path) => path.startsWith("dist/") || !NOT_CODE.test(path))
    // Tests, and what running tests have made beside them.
    .filter((path) => !path.startsWith("dist/test") && !path.endsWith(".map"));
  return ["package.json", ...files];
}

/** The compiled addons, and the BPF programs of watch. */
export function addonFiles(root: string): string[] {
  const folder = join(root, "native", "build", "Release");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /\.(node|bpf\.o)$/.test(name))
    .map((name) => join(folder, name));
}

/** Folders of the packages in `dependencies`, and of what those need in turn. */
function productionPackages(root: string, without: readonly string[]): string[] {
  const found = new Set<string>();
  const visit = (folder: string) => {
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    for (const name of Object.keys(manifest.dependencies ?? {})) {
      if (folder === root && without.includes(name)) continue;
      const path = join(root, "node_modules", name);
      if (found.has(path) || !existsSync(path)) continue;
      found.add(path);
      visit(path);
    }
  };
  visit(root);
  return [...found].sort();
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
