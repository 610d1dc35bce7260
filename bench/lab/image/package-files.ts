import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { CpioEntry } from "./cpio.js";

/** Dependencies that only charts and the build use: guests measure, they do not draw. */
const NOT_IN_GUESTS = new Set([
  ...["vega", "vega-lite", "vega-embed", "@resvg/resvg-js"],
  ...["node-gyp", "node-addon-api"],
]);

/** Files of a package that run nothing. */
const NOT_CODE = /\.(ts|mts|cts|map|md)$/;

/**
 * The built puntbench, its addon and the packages it needs, as entries below `target`.
 * `root` is the folder of package.json.
 */
export function packageFiles(root: string, target: string): CpioEntry[] {
  const folders = ["dist", ...productionPackages(root).map((path) => relative(root, path))];
  const files = folders.flatMap((folder) =>
    filesBelow(join(root, folder)).map((path) => relative(root, path)),
  );
  const code = files.filter((path) => path.startsWith("dist/") || !NOT_CODE.test(path));
  const chosen = ["package.json", ...code, ...addonFiles(root).map((path) => relative(root, path))];
  return chosen
    .filter((path) => !path.startsWith("dist/test/") && !path.endsWith(".map"))
    .map((path) => ({
      path: join(target, path).replace(/^\//, ""),
      kind: "file" as const,
      content: readFileSync(join(root, path)),
      mode: 0o755,
    }));
}

/** The compiled addon. */
export function addonFiles(root: string): string[] {
  const folder = join(root, "native", "build", "Release");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".node"))
    .map((name) => join(folder, name));
}

/** Folders of the packages in `dependencies`, and of what those need in turn. */
function productionPackages(root: string): string[] {
  const found = new Set<string>();
  const visit = (folder: string) => {
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    for (const name of Object.keys(manifest.dependencies ?? {})) {
      if (folder === root && NOT_IN_GUESTS.has(name)) continue;
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
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      const found = lstatSync(path);
      if (found.isDirectory()) return filesBelow(path);
      return found.isFile() ? [path] : [];
    });
}
