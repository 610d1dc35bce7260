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
import { buildPlace, type PlaceWork, workOf } from "./build.js";
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
    const work = workOf(folder, kernels, options.places, options.again);
    const total = kernels.length * options.places.length;
    const boots = bootsOf(work);
    const { progress } = context;
    progress.milestone(
      `${total} pairs of kernel and place, ${ATLAS_SCENARIOS.length} scenarios each; ${boots} guests to boot`,
    );
    if (options.dryRun) {
      for (const line of work.flatMap(wordsOf)) process.stdout.write(`${line}\n`);
      return;
    }
    if (options.jobsFolder !== null) {
      process.stdout.write(jobsText(jobsOf(work, options.jobsFolder)));
      return;
    }
    const startedAtMs = Date.now();
    let cells = 0;
    let done = 0;
    const gaps: string[] = [];
    for (const each of work) {
      const built = await buildPlace(context, folder, each, options.jobs);
      cells += built.cells;
      gaps.push(...built.gaps);
      done += each.kernels.length;
      progress.milestone(
        [`${done}/${boots} guests`, timeLeft(startedAtMs, done, boots)].filter(Boolean).join(", "),
      );
    }
    const minutes = ((Date.now() - startedAtMs) / 60_000).toFixed(1);
    process.stdout.write(
      [
        `${cells} cells measured in ${minutes} min, ${gaps.length} gaps: ${folder}`,
        ...gaps.map((gap) => `gap: ${gap.split("\n")[0]}`),
        "",
      ].join("\n"),
    );
    if (gaps.length > 0) process.exitCode = EXIT.failure;
  });
}

function bootsOf(work: readonly PlaceWork[]): number {
  return work.reduce((sum, { kernels }) => sum + kernels.length, 0);
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
