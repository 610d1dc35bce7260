import { join } from "node:path";
import type { LabOptions, RawLabOptions } from "./options.js";
import { type LabJob, packageInput, pinned } from "./session/jobs.js";
import type { LabKernel } from "./session/kernels.js";
import { planBoots } from "./session/plan.js";

/** Every guest of this lab as a job; each job boots one of `kernels`, and its results come to a file in `folder`. */
export function jobsOf(
  kernels: readonly LabKernel[],
  options: LabOptions,
  raw: RawLabOptions,
  folder: string,
): LabJob[] {
  const [{ options: commandOptions }] = options.commands;
  const files = filesOf(raw, commandOptions);
  return planBoots(kernels, options.filesystems, options.boots).map(
    ({ kernel, filesystem, boot }) => {
      const name = `${kernel.label} ${filesystem} ${boot + 1}`;
      const output = join(folder, `${name.replace(/[^\w.+-]+/g, "-")}.jsonl`);
      const own = raw.kernelImage !== undefined && kernel.image === raw.kernelImage;
      return {
        name,
        argv: [
          ...(["puntbench", "lab"] as const),
          ...(own ? [] : ["--kernels", pinned(kernel)]),
          ...["--filesystems", filesystem, "--results-file", output],
          ...sharedOptions({ ...raw, flavour: options.flavour }, own),
          ...commandOptions,
        ],
        inputs: [
          ...(own ? kernelFiles(raw) : [packageInput(kernel)]),
          ...files.map((file) => ({ file })),
        ],
        output,
      };
    },
  );
}

/** What says which guests there are, and what is done with them here. */
const OF_THE_WHOLE: readonly (keyof RawLabOptions)[] = [
  "kernels",
  "filesystems",
  "boots",
  "jobs",
  "out",
  "jobsJson",
];
const OF_AN_OWN_KERNEL: readonly (keyof RawLabOptions)[] = [
  "kernelImage",
  "modules",
  "kernelLabel",
];

/** The other options, also those that were left out: a job does not depend on the defaults of another version. */
function sharedOptions(raw: RawLabOptions, own: boolean): string[] {
  const left = own ? OF_THE_WHOLE : [...OF_THE_WHOLE, ...OF_AN_OWN_KERNEL];
  return Object.entries(raw)
    .filter(([name]) => !left.includes(name as keyof RawLabOptions))
    .flatMap(([name, value]) => {
      const option = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
      if (typeof value === "string") return [option, value];
      return value === true ? [option] : [];
    });
}

function kernelFiles({ kernelImage, modules }: RawLabOptions): LabJob["inputs"] {
  return [kernelImage, modules].flatMap((file) => (file === undefined ? [] : [{ file }]));
}

/** Files that the guests' command reads. */
function filesOf({ replay }: RawLabOptions, options: readonly string[]): string[] {
  const job = options.flatMap((option, index) => {
    if (option.startsWith("--fio=")) return [option.slice("--fio=".length)];
    return options[index - 1] === "--fio" ? [option] : [];
  });
  return replay === undefined ? job : [replay, ...job];
}
