import { join } from "node:path";
import { loadAtlasFile } from "../../results/atlas/files.js";
import { type AtlasPlace, costedAt, scenariosAt } from "../../results/atlas/places.js";
import type { AtlasScenario } from "../../results/atlas/scenario-rows.js";
import type { AtlasFile } from "../../results/atlas/schema.js";
import { scenarioKey } from "../../results/scenario.js";

/** A kernel package as the atlas knows it. */
export interface AtlasKernel {
  /** The series, or with every version the package version. */
  label: string;
  packageVersion: string;
  /** Tells the flavours of one version apart. The name of the package does not: it also says whether it is signed. */
  release: string;
}

/** Where the answers of one kernel and place stand. */
export function atlasPath(folder: string, kernel: string, place: string): string {
  return join(folder, kernel, `${place}.json`);
}

/** What was measured of this kernel package before; null: nothing that counts. */
export function measuredBefore(
  folder: string,
  kernel: AtlasKernel,
  place: AtlasPlace,
): AtlasFile | null {
  const file = loadAtlasFile(atlasPath(folder, kernel.label, place.name));
  return file !== null && isSameKernel(file, kernel) ? file : null;
}

type Package = Pick<AtlasKernel, "packageVersion" | "release">;

export function isSameKernel(one: Package, other: Package): boolean {
  return one.packageVersion === other.packageVersion && one.release === other.release;
}

/** Scenarios without an answer. A cell is known by kernel package, place, format and scenario, and is not measured twice. */
export function missingScenarios(before: AtlasFile | null, place: AtlasPlace): AtlasScenario[] {
  const known = new Set(before?.cells.map(({ scenario, key }) => `${scenario} ${key}`));
  return scenariosAt(place).filter(
    ({ name, scenario }) => !known.has(`${name} ${scenarioKey(scenario)}`),
  );
}

/** Scenarios that were measured here, and whose instructions were not counted. What cannot be done here costs nothing. */
export function missingCosts(before: AtlasFile | null, place: AtlasPlace): AtlasScenario[] {
  const cells = before?.cells.filter((cell) => cell.skipped === null && !cell.instructions) ?? [];
  const uncounted = new Set(cells.map(({ scenario, key }) => `${scenario} ${key}`));
  return costedAt(place).filter(({ name, scenario }) =>
    uncounted.has(`${name} ${scenarioKey(scenario)}`),
  );
}
