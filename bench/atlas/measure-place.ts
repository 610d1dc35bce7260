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
import { type BootLines, cellsOfBoot, readBootLines } from "./boot-files.js";
import {
  COUNTING_COMMANDS,
  countingSettings,
  GUEST_COMMANDS,
  guestSettings,
} from "./guest-plan.js";

/** What is measured in guests: the same scenarios on each kernel, one boot for each. */
export interface PlacePlan {
  place: AtlasPlace;
  kernels: readonly LabKernel[];
  scenarios: readonly AtlasScenario[];
  /** Guests at a time. */
  jobs: number;
  /** Absent: punts and their causes. */
  cost?: "instructions";
}

/** What one guest answered. */
export interface PlaceBoot {
  kernel: LabKernel;
  lines: BootLines;
}

/**
 * Boots every kernel at one place and hands over its lines as its guest ends. Returns the failures: guests that could not
 * answer. The others still run.
 */
export async function measurePlace(
  context: LabContext,
  { place, kernels, scenarios, jobs, cost }: PlacePlan,
  keep: (boot: PlaceBoot) => Promise<void>,
): Promise<UserError[]> {
  const [first] = kernels;
  if (first === undefined) return [];
  const settings = cost === "instructions" ? countingSettings : guestSettings;
  const session = await openSession(context, settings(place, null), first);
  try {
    const list = join(session.workspace, "scenarios.json");
    writeFileSync(list, JSON.stringify(scenarios.map(({ scenario }) => scenario)));
    const withList = { ...session, settings: settings(place, list) };
    const { failures } = await runLab(withList, kernels, {
      commands: cost === "instructions" ? COUNTING_COMMANDS : GUEST_COMMANDS,
      filesystems: [place.filesystem],
      boots: 1,
      jobs,
      out: join(session.workspace, "results"),
      onFinished: async ({ kernel, resultsFiles }) =>
        keep({ kernel, lines: await readBootLines(resultsFiles) }),
    });
    return failures;
  } finally {
    session.close();
  }
}

/** The answers of one boot, as a file of the atlas. */
export function answersOf(
  { kernel, lines }: PlaceBoot,
  { place, scenarios }: Pick<PlacePlan, "place" | "scenarios">,
): AtlasFile {
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
