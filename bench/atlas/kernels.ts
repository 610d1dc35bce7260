import type { AtlasPlace } from "../../results/atlas/places.js";
import { changingCache } from "../lab/host/cache-lock.js";
import type { LabContext } from "../lab/host/context.js";
import { knownPackages } from "../lab/packages/known-packages.js";
import { completeKernels } from "../lab/packages/resolve.js";
import { kernelsByVersion, type LabKernel } from "../lab/session/kernels.js";
import type { BuildOptions } from "./options.js";

type Flavour = AtlasPlace["flavour"];

/** The kernels of each flavour that some place asks for. */
export type KernelsByFlavour = ReadonlyMap<Flavour, readonly LabKernel[]>;

/** What the options name, or the newest of each series. A flavour that no place asks for is not fetched. */
export async function kernelsFor(
  context: LabContext,
  { kernels, everyVersion, places, mirror }: BuildOptions,
): Promise<KernelsByFlavour> {
  const found = new Map<Flavour, LabKernel[]>();
  for (const flavour of new Set(places.map((place) => place.flavour))) {
    const source = { flavour, mirror };
    const requests = kernels ?? (await everySeries(context, source, everyVersion));
    found.set(flavour, await kernelsByVersion(context, requests, source));
  }
  return found;
}

/** The newest kernel of each series, or every version that can be had. */
async function everySeries(
  context: LabContext,
  { flavour, mirror }: { flavour: Flavour; mirror: string | null },
  everyVersion: boolean,
): Promise<string[]> {
  const { packages } = await changingCache(context, () =>
    knownPackages(context, { mirror, refresh: false }),
  );
  const kernels = completeKernels(packages).filter((kernel) => kernel.flavour === flavour);
  return [...new Set(kernels.map(({ series, version }) => (everyVersion ? version : series)))];
}
