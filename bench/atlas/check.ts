import { availableParallelism } from "node:os";
import { loadAtlas, packagedAtlas } from "../../results/atlas/files.js";
import { ATLAS_PLACES, type AtlasPlace, scenariosAt } from "../../results/atlas/places.js";
import type { AtlasScenario } from "../../results/atlas/scenario-rows.js";
import type { AtlasFile } from "../../results/atlas/schema.js";
import { scenarioKey } from "../../results/scenario.js";
import { seededRandom } from "../../results/seeded-random.js";
import { EXIT, UserError } from "../../terminal/errors.js";
import { integer } from "../../terminal/option-values.js";
import { type LabContext, withLabContext } from "../lab/host/context.js";
import { requireLabTools } from "../lab/host/programs.js";
import { atOnce } from "../lab/session/at-once.js";
import { kernelsByVersion } from "../lab/session/kernels.js";
import { type Compared, compareAnswers, comparedText, sumOf } from "./differences.js";
import { answersOf, measurePlace } from "./measure-place.js";

/** Options of `atlas check` as commander hands them over: text. */
export interface RawCheckOptions {
  from?: string;
  share: string;
  seed?: string;
  jobs: string;
  json?: boolean;
}

/**
 * `puntbench atlas check`: measures a random part of the atlas again, on the same kernel packages, and compares. Exit code 3
 * where an answer changed, 4 where nothing could be compared.
 */
export async function main(raw: RawCheckOptions): Promise<void> {
  const share = integer(raw.share, "--share", 1, 100);
  const jobs = integer(raw.jobs, "--jobs", 1, Math.max(1, availableParallelism()));
  const seed = integer(raw.seed ?? String(Date.now() % 1e6), "--seed", 0, 2 ** 32 - 1);
  const folder = raw.from ?? packagedAtlas();
  const { files } = loadAtlas(folder);
  if (files.length === 0) {
    throw new UserError(`${folder} holds no atlas`, "Build one with: puntbench atlas build");
  }
  requireLabTools();
  const drawn = drawnFrom(files, share, seed);
  await withLabContext(async (context) => {
    context.progress.milestone(
      `${drawn.length} of ${files.length} pairs of kernel and place (seed ${seed}): ${drawn.map(nameOf).join(", ")}`,
    );
    const compared: Compared[] = [];
    const gaps: string[] = [];
    await atOnce(drawn, jobs, (file) =>
      measureAgain(context, file, {
        keep: (again) => compared.push(compareAnswers(file, again)),
        fail: (words) => gaps.push(`${nameOf(file)}: ${words}`),
      }),
    );
    const sum = sumOf(compared);
    process.stdout.write(
      raw.json
        ? `${JSON.stringify({ seed, drawn: drawn.map(nameOf), ...sum, gaps })}\n`
        : comparedText(sum) + gaps.map((gap) => `gap: ${gap}\n`).join(""),
    );
    if (sum.changed.length > 0) process.exitCode = EXIT.gateCrossed;
    else if (sum.agreed === 0 || gaps.length > 0) process.exitCode = EXIT.notEnoughData;
  });
}

/** At least one, the same for the same seed. */
export function drawnFrom(files: readonly AtlasFile[], share: number, seed: number): AtlasFile[] {
  const random = seededRandom(seed);
  const shuffled = files
    .map((file) => ({ file, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ file }) => file);
  return shuffled.slice(0, Math.max(1, Math.round((files.length * share) / 100)));
}

async function measureAgain(
  context: LabContext,
  file: AtlasFile,
  { keep, fail }: { keep: (again: AtlasFile) => void; fail: (words: string) => void },
): Promise<void> {
  const place = ATLAS_PLACES.find(({ name }) => name === file.place);
  if (place === undefined) return fail("this puntbench knows no such place");
  try {
    const source = { flavour: place.flavour, mirror: null };
    const named = await kernelsByVersion(context, [file.packageVersion], source);
    const kernels = named.map((kernel) => ({ ...kernel, label: file.kernel }));
    const plan = { place, kernels, scenarios: scenariosOf(file, place), jobs: 1 };
    const failures = await measurePlace(context, plan, async (boot) => keep(answersOf(boot, plan)));
    for (const { message } of failures) fail(message.split("\n")[0] ?? message);
  } catch (error) {
    if (!(error instanceof UserError) || error.exitCode === EXIT.interrupted) throw error;
    fail(error.message);
  }
}

/** What the file has answers of: a scenario that was added or changed since has nothing to be compared with. */
function scenariosOf({ cells }: AtlasFile, place: AtlasPlace): AtlasScenario[] {
  const known = new Set(cells.map(({ scenario, key }) => `${scenario} ${key}`));
  return scenariosAt(place).filter(({ name, scenario }) =>
    known.has(`${name} ${scenarioKey(scenario)}`),
  );
}

function nameOf({ kernel, place }: AtlasFile): string {
  return `${kernel} ${place}`;
}
