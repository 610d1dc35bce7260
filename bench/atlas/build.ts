import { writeFileSync } from "node:fs";
import { rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { atlasText } from "../../results/atlas/files.js";
import { withInferredTicks } from "../../results/atlas/inferred-ticks.js";
import { type AtlasPlace, scenariosAt } from "../../results/atlas/places.js";
import { ATLAS_SCENARIOS } from "../../results/atlas/scenarios.js";
import type { AtlasCell, AtlasFile } from "../../results/atlas/schema.js";
import { makeFolders } from "../../terminal/make-folders.js";
import type { LabContext } from "../lab/host/context.js";
import type { LabKernel } from "../lab/session/kernels.js";
import { measurePlace } from "./measure-place.js";
import { atlasPath, measuredBefore, missingScenarios } from "./missing.js";

/** A kernel at a place that has scenarios without an answer. */
interface KernelWork {
  kernel: LabKernel;
  /** What is known already. */
  before: AtlasFile | null;
  missing: string[];
}

/** What is to be measured at one place. */
export interface PlaceWork {
  place: AtlasPlace;
  kernels: KernelWork[];
}

/** The boots that are needed, place by place. Empty: the atlas is complete. */
export function workOf(
  folder: string,
  kernels: readonly LabKernel[],
  places: readonly AtlasPlace[],
  again: boolean,
): PlaceWork[] {
  return places
    .map((place) => ({
      place,
      kernels: kernels
        .map((kernel) => {
          const before = again ? null : measuredBefore(folder, kernel, place);
          return {
            kernel,
            before,
            missing: missingScenarios(before, place).map(({ name }) => name),
          };
        })
        .filter(({ missing }) => missing.length > 0),
    }))
    .filter((work) => work.kernels.length > 0);
}

export interface BuiltPlace {
  cells: number;
  /** Guests that could not answer, each with its reason: holes in the map, not the end of the work. */
  gaps: string[];
}

/** Boots every kernel at one place. Each answer is written as its guest ends. */
export async function buildPlace(
  context: LabContext,
  folder: string,
  { place, kernels }: PlaceWork,
  jobs: number,
): Promise<BuiltPlace> {
  const before = new Map(kernels.map(({ kernel, before }) => [kernel.label, before]));
  // One list for all: a kernel that lacks one cell answers some others once more, in seconds.
  const wanted = new Set(kernels.flatMap(({ missing }) => missing));
  const scenarios = scenariosAt(place).filter(({ name }) => wanted.has(name));
  let cells = 0;
  const plan = { place, kernels: kernels.map(({ kernel }) => kernel), scenarios, jobs };
  const failures = await measurePlace(context, plan, async (answers) => {
    await keepAnswers(folder, before.get(answers.kernel) ?? null, answers);
    cells += answers.cells.length;
  });
  return { cells, gaps: failures.map(({ message }) => `${place.name}: ${message}`) };
}

/** Writes the file of one kernel and place: what was known, and what was measured now. */
export async function keepAnswers(
  folder: string,
  known: AtlasFile | null,
  answers: AtlasFile,
): Promise<void> {
  const cells = merged(known?.cells ?? [], answers.cells);
  await writeAtlasFile(folder, { ...answers, cells });
}

/** In the order of the scenarios. A cell that was measured again takes the place of the older one. */
function merged(before: readonly AtlasCell[], measured: readonly AtlasCell[]): AtlasCell[] {
  const cells = new Map([...before, ...measured].map((cell) => [cell.scenario, cell]));
  return withInferredTicks(ATLAS_SCENARIOS.flatMap(({ name }) => cells.get(name) ?? []));
}

/** A reader never sees half of it. */
async function writeAtlasFile(folder: string, file: AtlasFile): Promise<void> {
  const path = atlasPath(folder, file.kernel, file.place);
  makeFolders(dirname(path));
  const beside = join(dirname(path), `.${file.place}.json.new`);
  writeFileSync(beside, atlasText(file));
  await rename(beside, path);
}
