import { ATLAS_SCENARIOS } from "../../../results/atlas/scenarios.js";
import { ATLAS_FORMAT, type AtlasCell, type AtlasFile } from "../../../results/atlas/schema.js";
import { scenarioKey } from "../../../results/scenario.js";

/** A cell of which so many of 256 requests punted, for this cause. */
export function cell(
  scenario: string,
  punts: number,
  cause: AtlasCell["causes"][number]["cause"] | null = null,
  changed: Partial<AtlasCell> = {},
): AtlasCell {
  const known = ATLAS_SCENARIOS.find(({ name }) => name === scenario);
  if (known === undefined) throw new Error(`no scenario ${scenario}`);
  return {
    scenario,
    key: scenarioKey(known.scenario),
    skipped: null,
    counted: { requests: 256, punts },
    traced: { requests: 256, punts },
    causes: cause === null ? [] : [{ cause, punts, evidence: "seen <so>", curedBy: "a cure" }],
    kernelFunction: null,
    submitterGot: ["-11 (EAGAIN)"],
    workerGot: ["4096"],
    ...changed,
  };
}

export function atlasFile(kernel: string, place: string, cells: AtlasCell[]): AtlasFile {
  return Object.freeze({
    format: ATLAS_FORMAT,
    kernel,
    packageName: `linux-image-${kernel}`,
    packageVersion: `${kernel}.9-1`,
    release: `${kernel}.9-cloud-amd64`,
    place,
    measuredOn: "2026-11-26",
    emulated: true,
    cells,
  });
}
