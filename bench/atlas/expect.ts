import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadAtlasFile, packagedAtlas } from "../../results/atlas/files.js";
import { ATLAS_PLACES, type AtlasPlace, scenariosAt } from "../../results/atlas/places.js";
import type { AtlasFile } from "../../results/atlas/schema.js";
import { EXIT, UsageError, UserError } from "../../terminal/errors.js";
import { visible } from "../../terminal/quote.js";
import { withLabContext } from "../lab/host/context.js";
import { requireLabTools } from "../lab/host/programs.js";
import { parseLabOptions, type RawLabOptions } from "../lab/options.js";
import { kernelByFile, kernelsByVersion } from "../lab/session/kernels.js";
import { type Compared, compareAnswers, comparedText, sumOf } from "./differences.js";
import { answersOf, measurePlace } from "./measure-place.js";
import { atlasPath } from "./missing.js";

/** `git bisect run` skips a commit for which its command ends so. */
const CANNOT_BE_TESTED = 125;

/**
 * `puntbench lab --expect 7.2`: holds a kernel against the atlas. Exit code 0: as expected; 3: with the cells that changed;
 * 125: it does not boot, or no cell could be compared.
 */
export async function main(raw: RawLabOptions & { expect: string }): Promise<void> {
  const options = parseLabOptions(raw, []);
  const places = options.filesystems.map((filesystem) => placeOf(filesystem, options.settings));
  const expected = places.map((place) => expectedAt(place, raw.expect));
  requireLabTools();
  await withLabContext(async (context) => {
    const kernels = await kernelsByVersion(context, options.kernels, options);
    if (options.kernelFile) kernels.push(await kernelByFile(options.kernelFile));
    const compared: Compared[] = [];
    const gaps: UserError[] = [];
    for (const [at, place] of places.entries()) {
      const plan = { place, kernels, scenarios: scenariosAt(place), jobs: 1 };
      const failures = await measurePlace(context, plan, async (boot) => {
        compared.push(compareAnswers(expected[at] as AtlasFile, answersOf(boot, plan)));
      });
      gaps.push(...failures);
    }
    const sum = sumOf(compared);
    process.stdout.write(comparedText(sum));
    if (gaps[0]) {
      throw new UserError(gaps[0].message, gaps[0].remedy, CANNOT_BE_TESTED);
    }
    if (sum.changed.length > 0) process.exitCode = EXIT.gateCrossed;
    else if (sum.agreed === 0) process.exitCode = CANNOT_BE_TESTED;
  });
}

function placeOf(
  filesystem: string,
  { mountOptions, stack }: { mountOptions: readonly string[]; stack: readonly string[] },
): AtlasPlace {
  const place = ATLAS_PLACES.find(
    (one) =>
      one.filesystem === filesystem &&
      one.mountOptions.join() === mountOptions.join() &&
      one.stack.join() === stack.join(),
  );
  if (place) return place;
  throw new UsageError(
    `the atlas has no place with ${[filesystem, ...mountOptions, ...stack].join(", ")}`,
    `It has ${ATLAS_PLACES.map(({ words }) => words).join(", ")}.`,
  );
}

/** `expect` is a kernel of the atlas, a file of an atlas, or a folder of one kernel's files. */
function expectedAt(place: AtlasPlace, expect: string): AtlasFile {
  const paths = [
    atlasPath(packagedAtlas(), expect, place.name),
    expect,
    join(expect, `${place.name}.json`),
  ];
  const files = paths.filter((path) => existsSync(path)).map(loadAtlasFile);
  const found = files.find((file) => file?.place === place.name);
  if (found) return found;
  throw new UsageError(
    `--expect ${visible(expect)}: the atlas has no answers of it for ${place.name}`,
    "Name a kernel of the atlas (`puntbench atlas`), or a file that `puntbench atlas build --out` wrote.",
  );
}
