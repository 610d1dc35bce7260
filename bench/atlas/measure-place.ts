import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AtlasPlace } from "../../results/atlas/places.js";
import type { AtlasScenario } from "../../results/atlas/scenario-rows.js";
import { ATLAS_FORMAT, type AtlasFile } from "../../results/atlas/schema.js";
import type { UserError } from "../../terminal/errors.js";
import type { LabContext } from "../lab/host/context.js";
import type { LabKernel } from "../lab/session/kernels.js";
import { runLab } from "../lab/session/lab.js";
import { openSession } from "../lab/session/open-session.js";
import type { FinishedBoot } from "../lab/session/settings.js";
import { cellsOfBoot, readBootLines } from "./boot-files.js";
import { GUEST_COMMANDS, guestSettings } from "./guest-plan.js";

/** What is measured in guests: the same scenarios on each kernel, one boot for each. */
export interface PlacePlan {
  place: AtlasPlace;
  kernels: readonly LabKernel[];
  scenarios: readonly AtlasScenario[];
  /** Guests at a time. */
  jobs: number;
}

/**
 * Boots every kernel at one place and hands over its answers as its guest ends. Returns the failures: guests that could not
 * answer. The others still run.
 */
export async function measurePlace(
  context: LabContext,
  { place, kernels, scenarios, jobs }: PlacePlan,
  keep: (answers: AtlasFile) => Promise<void>,
): Promise<UserError[]> {
  const [first] = kernels;
  if (first === undefined) return [];
  const session = await openSession(context, guestSettings(place, null), first);
  try {
    const list = join(session.workspace, "scenarios.json");
    writeFileSync(list, JSON.stringify(scenarios.map(({ scenario }) => scenario)));
    const withList = { ...session, settings: guestSettings(place, list) };
    const { failures } = await runLab(withList, kernels, {
      commands: GUEST_COMMANDS,
      filesystems: [place.filesystem],
      boots: 1,
      jobs,
      out: join(session.workspace, "results"),
      onFinished: async (boot) => keep(await answersOf(boot, place, scenarios)),
    });
    return failures;
  } finally {
    session.close();
  }
}

async function answersOf(
  { kernel, resultsFiles }: FinishedBoot,
  place: AtlasPlace,
  scenarios: readonly AtlasScenario[],
): Promise<AtlasFile> {
  const lines = await readBootLines(resultsFiles);
  return {
    format: ATLAS_FORMAT,
    kernel: kernel.label,
    packageName: kernel.packageName,
    packageVersion: kernel.packageVersion,
    release: kernel.release,
    place: place.name,
    measuredOn: new Date().toISOString().slice(0, 10),
    emulated: lines.headers.some(({ environment }) => environment.virtualisation.emulated),
    cells: cellsOfBoot(lines, scenarios),
  };
}
