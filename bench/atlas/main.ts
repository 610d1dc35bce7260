import { packagedAtlas } from "../../results/atlas/files.js";
import { ATLAS_SCENARIOS } from "../../results/atlas/scenarios.js";
import { EXIT } from "../../terminal/errors.js";
import { timeLeft } from "../../terminal/progress.js";
import { type LabContext, withLabContext } from "../lab/host/context.js";
import { requireLabTools } from "../lab/host/programs.js";
import { atOnce } from "../lab/session/at-once.js";
import { jobsText, readJobs, reportCollected } from "../lab/session/jobs.js";
import { type BuiltPlace, buildPlace, type PlaceWork, workOf } from "./build.js";
import { collectAnswers, jobsOf } from "./jobs.js";
import { kernelsFor } from "./kernels.js";
import { type BuildOptions, parseBuildOptions, type RawBuildOptions } from "./options.js";

/** `puntbench atlas build`: measures what is missing, and says what it could not. */
export async function main(raw: RawBuildOptions): Promise<void> {
  const options = parseBuildOptions(raw);
  const folder = options.out ?? packagedAtlas();
  if (raw.collect !== undefined) {
    return reportCollected(await collectAnswers(readJobs(raw.collect), folder));
  }
  requireLabTools();
  await withLabContext(async (context) => {
    const kernels = await kernelsFor(context, options);
    const work = workOf(folder, kernels, options.places, options);
    const total = sum(options.places.map(({ flavour }) => kernels.get(flavour)?.length ?? 0));
    const { boots, cells } = sumOf(work);
    context.progress.milestone(
      `${total} pairs of kernel and place, ${ATLAS_SCENARIOS.length} scenarios; ${boots} guests to boot for ${cells} cells`,
    );
    if (options.dryRun) {
      for (const line of work.flatMap(wordsOf)) process.stdout.write(`${line}\n`);
      return;
    }
    if (options.jobsFolder !== null) {
      process.stdout.write(jobsText(jobsOf(work, options.jobsFolder, options)));
      return;
    }
    const startedAtMs = Date.now();
    const built = await buildAll(context, folder, work, options);
    const minutes = (Date.now() - startedAtMs) / 60_000;
    process.stdout.write(
      [
        `${built.cells} cells measured in ${minutes.toFixed(1)} min by ${boots} guests, ${options.jobs} at a time, ${built.gaps.length} gaps: ${folder}`,
        ...built.gaps.map((gap) => `gap: ${gap.split("\n")[0]}`),
        "",
      ].join("\n"),
    );
    if (built.gaps.length > 0) process.exitCode = EXIT.failure;
  });
}

/** Place by place, with the time that is left: by cells, because a boot for few of them is short. */
async function buildAll(
  context: LabContext,
  folder: string,
  work: readonly PlaceWork[],
  options: BuildOptions,
): Promise<BuiltPlace> {
  const startedAtMs = Date.now();
  const all = sumOf(work).cells;
  const built: BuiltPlace = { cells: 0, gaps: [] };
  let done = 0;
  await atOnce(work, placesAtOnce(work, options.jobs), async (place) => {
    const { cells, gaps } = await buildPlace(context, folder, place, options);
    built.cells += cells;
    built.gaps.push(...gaps);
    done += sumOf([place]).cells;
    context.progress.milestone(
      [`${done}/${all} cells`, timeLeft(startedAtMs, done, all)].filter(Boolean).join(", "),
    );
  });
  return built;
}

/** The guests of a place are one for each kernel: of a single new kernel, several places must run for `jobs` guests. */
function placesAtOnce(work: readonly PlaceWork[], jobs: number): number {
  const guests = Math.max(1, ...work.map(({ kernels }) => kernels.length));
  return Math.max(1, Math.floor(jobs / guests));
}

function sumOf(work: readonly PlaceWork[]): { boots: number; cells: number } {
  const kernels = work.flatMap((place) => place.kernels);
  return { boots: kernels.length, cells: sum(kernels.map(({ missing }) => missing.length)) };
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

function wordsOf({ place, kernels }: PlaceWork): string[] {
  return kernels.map(
    ({ kernel, missing }) =>
      `${kernel.label} (${kernel.packageVersion}) ${place.name}: ${missing.length} scenarios`,
  );
}
