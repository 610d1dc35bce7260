import { word } from "../../terminal/option-values.js";
import { renderTable } from "../../terminal/table.js";
import { formatBytes } from "../../terminal/units.js";
import { changingCache } from "./host/cache-lock.js";
import { withLabContext } from "./host/context.js";
import { folderSizeBytes } from "./host/folder-size.js";
import { storedKernels } from "./packages/kernel-store.js";
import { knownPackages } from "./packages/known-packages.js";
import { completeKernels, type DebianKernel, FLAVOURS } from "./packages/resolve.js";

export interface RawListOptions {
  all?: boolean;
  flavour: string;
  mirror?: string;
  refresh?: boolean;
  json?: boolean;
}

/** `puntbench lab kernels`: what can be had, what is cached, sizes. */
export async function listKernels(raw: RawListOptions): Promise<void> {
  const flavour = word(raw.flavour, FLAVOURS, "--flavour");
  await withLabContext(async (context) => {
    const { cache } = context;
    const { mirror = null, refresh = false } = raw;
    const { fetchedAt, archive, packages } = await changingCache(context, () =>
      knownPackages(context, { mirror, refresh }),
    );
    context.progress.done();
    const stored = new Set((await storedKernels(cache)).map(({ release }) => release));
    const available = completeKernels(packages).filter((one) => one.flavour === flavour);
    const kernels = (raw.all ? available : newestOfEachSeries(available)).map((kernel) =>
      listed(kernel, stored),
    );
    const cacheBytes = await folderSizeBytes(cache.root);
    process.stdout.write(
      raw.json
        ? `${JSON.stringify({ fetchedAt, archive, cacheBytes, kernels })}\n`
        : `${kernelTable(kernels)}\n\nIndex of ${fetchedAt.slice(0, 10)} from ${archive}; ` +
            `${cache.root} holds ${formatBytes(cacheBytes)}.\n`,
    );
  });
}

/** One kernel of the list, as `--json` prints it. */
function listed(kernel: DebianKernel, stored: ReadonlySet<string>) {
  const { series, version, release, suite, packages } = kernel;
  const downloadBytes = packages.reduce((sum, file) => sum + file.sizeBytes, 0);
  return { series, version, release, suite, downloadBytes, cached: stored.has(release) };
}

function kernelTable(kernels: readonly ReturnType<typeof listed>[]): string {
  return renderTable(
    [
      { title: "series" },
      { title: "version" },
      { title: "suite" },
      { title: "download", align: "right" },
      { title: "" },
    ],
    kernels.map(({ series, version, suite, downloadBytes, cached }) => [
      series,
      version,
      suite,
      formatBytes(downloadBytes),
      cached ? "in the cache" : "",
    ]),
  );
}

function newestOfEachSeries(kernels: readonly DebianKernel[]): DebianKernel[] {
  return [...new Map(kernels.map((kernel) => [kernel.series, kernel])).values()];
}
