import { dirname } from "node:path";
import { atlasText } from "../../results/atlas/files.js";
import { withInferredTicks } from "../../results/atlas/inferred-ticks.js";
import { type AtlasPlace, scenariosAt } from "../../results/atlas/places.js";
import type { AtlasScenario } from "../../results/atlas/scenario-rows.js";
import { ATLAS_SCENARIOS } from "../../results/atlas/scenarios.js";
import type { AtlasFile } from "../../results/atlas/schema.js";
import { makeFolders } from "../../terminal/make-folders.js";
import { writeWhole } from "../../terminal/whole-file.js";
import type { LabContext } from "../lab/host/context.js";
import type { LabKernel } from "../lab/session/kernels.js";
import { withCosts } from "./costs.js";
import type { KernelsByFlavour } from "./kernels.js";
import { answersOf, measurePlace } from "./measure-place.js";
import { atlasPath, measuredBefore, missingCosts, missingScenarios } from "./missing.js";

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

/** What is asked of a build. */
export interface BuildWish {
  /** Absent: punts and their causes. */
  cost: "instructions" | undefined;
  /** Cells are measured also where they are there. */
  again: boolean;
  /** Names of the scenarios; null: all of each place. */
  only: readonly string[] | null;
}

/** The boots that are needed, place by place. Empty: the atlas is complete. */
export function workOf(
  folder: string,
  kernels: KernelsByFlavour,
  places: readonly AtlasPlace[],
  wish: BuildWish,
): PlaceWork[] {
  return places
    .map((place) => ({
      place,
      kernels: (kernels.get(place.flavour) ?? [])
        .map((kernel) => {
          const before = measuredBefore(folder, kernel, place);
          const missing = wantedOf(before, place, wish)
            .map(({ name }) => name)
            .filter((name) => wish.only?.includes(name) ?? true);
          return { kernel, before, missing };
        })
        .filter(({ missing }) => missing.length > 0),
    }))
    .filter((work) => work.kernels.length > 0);
}

function wantedOf(
  before: AtlasFile | null,
  place: AtlasPlace,
  { cost, again }: BuildWish,
): AtlasScenario[] {
  if (cost === undefined) return missingScenarios(again ? null : before, place);
  return missingCosts(before && again ? withoutCosts(before) : before, place);
}

function withoutCosts(file: AtlasFile): AtlasFile {
  return { ...file, cells: file.cells.map(({ instructions, ...cell }) => cell) };
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
  { jobs, cost }: { jobs: number; cost: BuildWish["cost"] },
): Promise<BuiltPlace> {
  const before = new Map(kernels.map(({ kernel, before }) => [kernel.label, before]));
  // One list for all: a kernel that lacks one cell answers some others once more, in seconds.
  const wanted = new Set(kernels.flatMap(({ missing }) => missing));
  const scenarios = scenariosAt(place).filter(({ name }) => wanted.has(name));
  let cells = 0;
  const plan = {
    place,
    kernels: kernels.map(({ kernel }) => kernel),
    scenarios,
    jobs,
    ...(cost && { cost }),
  };
  const failures = await measurePlace(context, plan, async (boot) => {
    const known = before.get(boot.kernel.label) ?? null;
    if (cost && known) await writeAtlasFile(folder, withCosts(known, boot));
    else await keepAnswers(folder, known, answersOf(boot, plan));
    cells += scenarios.length;
  });
  return { cells, gaps: failures.map(({ message }) => `${place.name}: ${message}`) };
}

/**
 * Writes the file of one kernel and place, in the order of the scenarios. A cell that was measured again takes the place of the
 * older one, and keeps its cost.
 */
export async function keepAnswers(
  folder: string,
  before: AtlasFile | null,
  answers: AtlasFile,
): Promise<void> {
  const cells = new Map(before?.cells.map((cell) => [cell.scenario, cell]));
  for (const cell of answers.cells) {
    const known = cells.get(cell.scenario);
    const cost = known?.key === cell.key && known.instructions;
    cells.set(cell.scenario, { ...cell, ...(cost && { instructions: cost }) });
  }
  const inOrder = ATLAS_SCENARIOS.flatMap(({ name }) => cells.get(name) ?? []);
  await writeAtlasFile(folder, { ...answers, cells: withInferredTicks(inOrder) });
}

async function writeAtlasFile(folder: string, file: AtlasFile): Promise<void> {
  const path = atlasPath(folder, file.kernel, file.place);
  makeFolders(dirname(path));
  await writeWhole(path, atlasText(file));
}
