import { existsSync } from "node:fs";
import { loadAtlasFile } from "../../results/atlas/files.js";
import type { AtlasFile } from "../../results/atlas/schema.js";
import { type Collected, type LabJob, packageInput, pinned } from "../lab/session/jobs.js";
import { keepAnswers, type PlaceWork } from "./build.js";
import { atlasPath, isSameKernel } from "./missing.js";
import type { BuildOptions } from "./options.js";

/** What is missing, as one job for each kernel and place. Its answers come to a file below `folder`. */
export function jobsOf(
  work: readonly PlaceWork[],
  folder: string,
  { mirror, only }: Pick<BuildOptions, "mirror" | "only">,
): LabJob[] {
  const shared = [
    ...(mirror === null ? [] : ["--mirror", mirror]),
    ...(only === null ? [] : ["--scenarios", only.join(",")]),
  ];
  return work.flatMap(({ place, kernels }) =>
    kernels.map(({ kernel }) => ({
      name: `${kernel.label} ${place.name}`,
      argv: [
        ...(["puntbench", "atlas", "build"] as const),
        ...["--kernels", pinned(kernel), "--places", place.name, "--out", folder, "--jobs", "1"],
        ...shared,
      ],
      inputs: [packageInput(kernel)],
      output: atlasPath(folder, kernel.label, place.name),
    })),
  );
}

/** Puts the answers of the jobs into the atlas in `folder`. A job without answers is named. */
export async function collectAnswers(jobs: readonly LabJob[], folder: string): Promise<Collected> {
  const missing: string[] = [];
  for (const job of jobs) {
    const answers = loadAtlasFile(job.output);
    const reason = whyNot(job, answers);
    if (reason !== null) missing.push(`${job.name}: ${job.output} ${reason}`);
    else if (answers !== null) {
      const path = atlasPath(folder, answers.kernel, answers.place);
      const known = loadAtlasFile(path);
      const same = known !== null && isSameKernel(known, answers);
      await keepAnswers(folder, same ? known : null, answers);
    }
  }
  return { jobs: jobs.length, missing };
}

/** Why these are not the answers of the job; null: they are. They come from another machine. */
function whyNot({ name, inputs, output }: LabJob, answers: AtlasFile | null): string | null {
  if (answers === null) return existsSync(output) ? "is no file of the atlas" : "is not there";
  const { kernel, place, packageName, packageVersion } = answers;
  if (`${kernel} ${place}` !== name) return `holds answers of ${kernel} ${place}`;
  const booted = inputs.some(
    (input) =>
      "package" in input && input.package === packageName && input.version === packageVersion,
  );
  return booted ? null : `holds answers of ${packageName} ${packageVersion}`;
}
