import { writeFileSync } from "node:fs";
import { rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { atlasText } from "../../results/atlas/files.js";
import type { AtlasPlace } from "../../results/atlas/places.js";
import { ATLAS_SCENARIOS, type AtlasScenario } from "../../results/atlas/scenarios.js";
import { ATLAS_FORMAT, type AtlasCell, type AtlasFile } from "../../results/atlas/schema.js";
import { makeFolders } from "../../terminal/make-folders.js";
import type { LabContext } from "../lab/host/context.js";
import type { LabKernel } from "../lab/session/kernels.js";
import { runLab } from "../lab/session/lab.js";
import { openSession } from "../lab/session/open-session.js";
import type { FinishedBoot } from "../lab/session/settings.js";
import { cellsOfBoot, readBootLines } from "./boot-files.js";
import { GUEST_COMMANDS, guestSettings } from "./guest-plan.js";
import { atlasPath, measuredBefore, missingScenarios } from "./missing.js";

/** What is measured at one place: each kernel with the scenarios that it still has to answer. */
export interface PlaceWork {
  place: AtlasPlace;
  kernels: { kernel: LabKernel; scenarios: AtlasScenario[]; before: AtlasFile | null }[];
}

/** Boots that are needed, in the order of the places. Empty: the atlas is complete. */
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
          return { kernel, before, scenarios: missingScenarios(before) };
        })
        .filter(({ scenarios }) => scenarios.length > 0),
    }))
    .filter((work) => work.kernels.length > 0);
}

/** Guests that could not answer, each with its reason: gaps of the map, not the end of the work. */
export interface BuiltPlace {
  cells: number;
  gaps: string[];
}

/** Boots every kernel at one place. Each answer is written as its guest ends. */
export async function buildPlace(
  context: LabContext,
  folder: string,
  { place, kernels }: PlaceWork,
  jobs: number,
): Promise<BuiltPlace> {
  const [first] = kernels;
  if (first === undefined) return { cells: 0, gaps: [] };
  const before = new Map(kernels.map(({ kernel, before }) => [kernel.label, before]));
  const built: BuiltPlace = { cells: 0, gaps: [] };
  const input = { file: "" };
  const session = await openSession(context, guestSettings(place, ""), first.kernel);
  try {
    input.file = join(session.workspace, "scenarios.json");
    // One list for all: a kernel that lacks one cell answers the others once more, in seconds.
    const wanted = new Set(kernels.flatMap(({ scenarios }) => scenarios));
    const list = ATLAS_SCENARIOS.filter((one) => wanted.has(one));
    writeFileSync(input.file, JSON.stringify(list.map(({ scenario }) => scenario)));
    const withInput = { ...session, settings: guestSettings(place, input.file) };
    const keep = async (boot: FinishedBoot): Promise<void> => {
      const file = await answersOf(boot, place, list, before.get(boot.kernel.label) ?? null);
      await writeAtlasFile(folder, file);
      built.cells += list.length;
    };
    const outcome = await runLab(
      withInput,
      kernels.map(({ kernel }) => kernel),
      {
        commands: GUEST_COMMANDS,
        filesystems: [place.filesystem],
        boots: 1,
        jobs,
        out: join(session.workspace, "results"),
        onFinished: keep,
      },
    );
    built.gaps = outcome.failures.map(({ message }) => `${place.name}: ${message}`);
    return built;
  } finally {
    session.close();
  }
}

async function answersOf(
  { kernel, resultsFiles }: FinishedBoot,
  place: AtlasPlace,
  list: readonly AtlasScenario[],
  before: AtlasFile | null,
): Promise<AtlasFile> {
  const lines = await readBootLines(resultsFiles);
  const measured = cellsOfBoot(lines, list);
  return {
    format: ATLAS_FORMAT,
    kernel: kernel.label,
    packageName: kernel.packageName,
    packageVersion: kernel.packageVersion,
    release: kernel.release,
    place: place.name,
    measuredOn: new Date().toISOString().slice(0, 10),
    emulated: lines.headers.some(({ environment }) => environment.virtualisation.emulated),
    cells: merged(before?.cells ?? [], measured),
  };
}

/** In the order of the scenarios. A cell that was measured again takes the place of the older one. */
function merged(before: readonly AtlasCell[], measured: readonly AtlasCell[]): AtlasCell[] {
  const cells = new Map([...before, ...measured].map((cell) => [cell.scenario, cell]));
  return ATLAS_SCENARIOS.flatMap(({ name }) => cells.get(name) ?? []);
}

async function writeAtlasFile(folder: string, file: AtlasFile): Promise<void> {
  const path = atlasPath(folder, file.kernel, file.place);
  makeFolders(dirname(path));
  const beside = join(dirname(path), `.${file.place}.json.new`);
  writeFileSync(beside, atlasText(file));
  await rename(beside, path);
}
