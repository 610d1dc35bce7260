import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../terminal/package-root.js";

/** One licence text, and the packages that come under it. */
export interface Licence {
  packages: string[];
  text: string;
}

/**
 * The licence texts of packages and of all packages that they need, since a bundle contains those too. The licences
 * ask that every copy carries them, and a report is a copy.
 */
export function licencesOf(names: readonly string[]): Licence[] {
  const packagesByText = new Map<string, string[]>();
  const seen = new Set<string>();
  const visit = (name: string): void => {
    const folder = join(packageRoot(), "node_modules", name);
    if (seen.has(name) || !existsSync(folder)) return;
    seen.add(name);
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const text = licenceText(folder) ?? `${manifest.license}`;
    packagesByText.set(text, [...(packagesByText.get(text) ?? []), `${name} ${manifest.version}`]);
    for (const needed of Object.keys(manifest.dependencies ?? {})) visit(needed);
  };
  for (const name of names) visit(name);
  return [...packagesByText].map(([text, packages]) => ({ packages, text }));
}

function licenceText(folder: string): string | null {
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  return file === undefined ? null : readFileSync(join(folder, file), "utf8").trim();
}
