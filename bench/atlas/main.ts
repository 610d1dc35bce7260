import { packagedAtlas } from "../../results/atlas/files.js";
import { ATLAS_SCENARIOS } from "../../results/atlas/scenarios.js";
import { EXIT } from "../../terminal/errors.js";
import { timeLeft } from "../../terminal/progress.js";
import { changingCache } from "../lab/host/cache-lock.js";
import { type LabContext, withLabContext } from "../lab/host/context.js";
import { requireLabTools } from "../lab/host/programs.js";
import { knownPackages } from "../lab/packages/known-packages.js";
import { completeKernels } from "../lab/packages/resolve.js";
import { jobsText, readJobs, reportCollected } from "../lab/session/jobs.js";
import { kernelsByVersion } from "../lab/session/kernels.js";
import { type BuiltPlace, buildPlace, type PlaceWork, workOf } from "./build.js";
import { collectAnswers, jobsOf } from "./jobs.js";
import { type BuildOptions, FLAVOUR, parseBuildOptions, type RawBuildOptions } from "./options.js";

/** `puntbench atlas build`: measures what is missing, and says what it could not. */
export async function main(raw: RawBuildOptions): Promise<void> {
  const options = parseBuildOptions(raw);
  const folder = options.out ?? packagedAtlas();
  if (raw.collect !== undefined) {
    return reportCollected(await collectAnswers(readJobs(raw.collect), folder));
  }
  requireLabTools();
  await withLabContext(async (context) => {
    const requests = options.kernels ?? (await everySeries(context, options));
    const source = { flavour: FLAVOUR, mirror: options.mirror } as const;
    const kernels = await kernelsByVersion(context, requests, source);
    const work = workOf(folder, kernels, options.places, options);
    const total = kernels.length * options.places.length;
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
  const sum: BuiltPlace = { cells: 0, gaps: [] };
  for (const [at, each] of work.entries()) {
    const { cells, gaps } = await buildPlace(context, folder, each, options);
    sum.cells += cells;
    sum.gaps.push(...gaps);
    const done = sumOf(work.slice(0, at + 1)).cells;
    context.progress.milestone(
      [`${done}/${all} cells`, timeLeft(startedAtMs, done, all)].filter(Boolean).join(", "),
    );
  }
  return sum;
}

function sumOf(work: readonly PlaceWork[]): { boots: number; cells: number } {
  const kernels = work.flatMap((place) => place.kernels);
  const cells = kernels.reduce((sum, { missing }) => sum + missing.length, 0);
  return { boots: kernels.length, cells };
}

function wordsOf({ place, kernels }: PlaceWork): string[] {
  return kernels.map(
    ({ kernel, missing }) =>
      `${kernel.label} (${kernel.packageVersion}) ${place.name}: ${missing.length} scenarios`,
  );
}

/** The newest kernel of each series, or every version that can be had. */
async function everySeries(
  context: LabContext,
  { mirror, everyVersion }: BuildOptions,
): Promise<string[]> {
  const { packages } = await changingCache(context, () =>
    knownPackages(context, { mirror, refresh: false }),
  );
  const kernels = completeKernels(packages).filter(({ flavour }) => flavour === FLAVOUR);
  return [...new Set(kernels.map(({ series, version }) => (everyVersion ? version : series)))];
}
