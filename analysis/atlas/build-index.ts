import { ATLAS_PLACES, scenariosAt } from "../../results/atlas/places.js";
import { ATLAS_SCENARIOS } from "../../results/atlas/scenarios.js";
import type { AtlasCell, AtlasFile } from "../../results/atlas/schema.js";
import { CAUSE_WORDS } from "../../results/cause-words.js";
import { scenarioKey } from "../../results/scenario.js";
import type { AtlasIndex } from "./answers.js";
import { isTraceable, placeOptions, scenarioOptions } from "./repeat-command.js";

/** The files of the atlas as one table. Cells of scenarios that were changed since are left out: they are not measured. */
export function atlasIndex(files: readonly AtlasFile[]): AtlasIndex {
  const labels = [...new Set(files.map(({ kernel }) => kernel))].sort(compareKernels);
  const places = ATLAS_PLACES.filter(({ name }) => files.some(({ place }) => place === name));
  const cells: AtlasCell[] = [];
  const known = new Map<string, number>();
  const intern = (cell: AtlasCell | undefined): number => {
    if (cell === undefined) return -1;
    const text = JSON.stringify(cell);
    const at = known.get(text) ?? cells.push(cell) - 1;
    known.set(text, at);
    return at;
  };
  const at = places.map(({ name: place }) => {
    const byKernel = labels.map((label) =>
      cellsByScenario(files.find((file) => file.kernel === label && file.place === place)),
    );
    return ATLAS_SCENARIOS.map(({ name }) => byKernel.map((found) => intern(found.get(name))));
  });
  return {
    kernels: labels.map((label) => ({ label, packageVersion: versionsOf(files, label) })),
    places: places.map((place) => ({
      name: place.name,
      words: place.words,
      scenarios: scenariosAt(place).map((one) => ATLAS_SCENARIOS.indexOf(one)),
    })),
    scenarios: ATLAS_SCENARIOS.map(({ name, words, group, scenario }) => ({
      name,
      words,
      group,
      traced: isTraceable(scenario),
    })),
    causeWords: CAUSE_WORDS,
    cells,
    at,
    commands: {
      places: places.map(placeOptions),
      scenarios: ATLAS_SCENARIOS.map(({ scenario }) => scenarioOptions(scenario)),
    },
  };
}

function cellsByScenario(file: AtlasFile | undefined): Map<string, AtlasCell> {
  const keys = new Map(ATLAS_SCENARIOS.map(({ name, scenario }) => [name, scenarioKey(scenario)]));
  const current = file?.cells.filter(({ scenario, key }) => keys.get(scenario) === key) ?? [];
  return new Map(current.map((cell) => [cell.scenario, cell]));
}

/** Places may have been measured on different packages of a series. */
function versionsOf(files: readonly AtlasFile[], label: string): string {
  const versions = files.filter(({ kernel }) => kernel === label).map((one) => one.packageVersion);
  return [...new Set(versions)].join(", ");
}

/** By the numbers in the label: 5.10 before 6.1, 6.1 before 6.12. */
function compareKernels(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
