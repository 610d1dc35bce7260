import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../terminal/errors.js";
import { packageRoot } from "../../terminal/package-root.js";
import { type HostFolder, hostFolderOf } from "../cells/host.js";

export interface FoundFile {
  file: string;
  /** Whether the user named this file, not a folder above it. */
  named: boolean;
  host: HostFolder | null;
}

/** Every file once, in a stable order; folders are searched to any depth. Throws UserError for a missing path. */
export function findResultsFiles(paths: readonly string[]): FoundFile[] {
  const seen = new Set<string>();
  const found: FoundFile[] = [];
  const visit = (path: string, from: string): void => {
    const real = realpathSync(path);
    if (seen.has(real)) return;
    seen.add(real);
    if (statSync(path).isDirectory()) {
      for (const entry of readdirSync(path, { withFileTypes: true }).sort(byName)) {
        if (entry.isDirectory() || entry.name.endsWith(".jsonl"))
          visit(join(path, entry.name), from);
      }
    } else found.push({ file: path, named: path === from, host: hostFolderOf(path, from) });
  };
  for (const path of paths) {
    if (!existsSync(path)) {
      throw new UserError(
        `${path}: no such file or folder`,
        "Name a results file or a folder of them.",
      );
    }
    visit(path, path);
  }
  return found;
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}

/** Analysed when no path is given: the runs under `results/` here, or else the reference run of puntbench. */
export function defaultPaths(): string[] {
  const here = existsSync("results") ? "results" : join(packageRoot(), "results");
  const own = readdirSync(here, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || entry.name.endsWith(".jsonl"))
    .filter((entry) => entry.name !== "reference" && entry.name !== "report")
    .map((entry) => join(here, entry.name))
    .filter(holdsResults);
  if (own.length > 0) return own;
  const reference = join(packageRoot(), "results", "reference");
  return [existsSync(reference) ? reference : here];
}

function holdsResults(path: string): boolean {
  if (path.endsWith(".jsonl")) return true;
  return readdirSync(path, { recursive: true }).some((name) => String(name).endsWith(".jsonl"));
}
