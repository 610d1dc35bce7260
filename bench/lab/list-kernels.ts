import { word } from "../../terminal/option-values.js";
import { stderrProgress } from "../../terminal/progress.js";
import { renderTable } from "../../terminal/table.js";
import { formatBytes } from "../../terminal/units.js";
import { labCache } from "./host/cache.js";
import { folderSizeBytes } from "./host/folder-size.js";
import { interruptible } from "./interrupt.js";
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
  const progress = stderrProgress();
  const cache = labCache();
  await interruptible(async (signal) => {
    const known = await knownPackages(cache, {
      mirror: raw.mirror ?? null,
      refresh: raw.refresh ?? false,
      say: (text) => progress.step(text),
      signal,
    });
    progress.done();
    for (const warning of known.warnings) progress.milestone(`warning: ${warning}`);
    const stored = new Set((await storedKernels(cache)).map(({ release }) => release));
    const kernels = completeKernels(known.packages).filter((one) => one.flavour === flavour);
    const rows = (raw.all ? kernels : newestOfEachSeries(kernels)).map((kernel) => ({
      series: kernel.series,
      version: kernel.version,
      release: kernel.release,
      suite: kernel.suite,
      downloadBytes: kernel.packages.reduce((sum, file) => sum + file.sizeBytes, 0),
      cached: stored.has(kernel.release),
    }));
    const cacheBytes = await folderSizeBytes(cache.root);
    if (raw.json) {
      const { fetchedAt, archive } = known;
      process.stdout.write(
        `${JSON.stringify({ fetchedAt, archive, cacheBytes, kernels: rows })}\n`,
      );
      return;
    }
    const table = renderTable(
      [
        { title: "series" },
        { title: "version" },
        { title: "suite" },
        { title: "download", align: "right" },
        { title: "" },
      ],
      rows.map((row) => [
        row.series,
        row.version,
        row.suite,
        formatBytes(row.downloadBytes),
        row.cached ? "in the cache" : "",
      ]),
    );
    const day = known.fetchedAt.slice(0, 10);
    process.stdout.write(
      `${table}\n\nIndex of ${day} from ${known.archive}; ${cache.root} holds ${formatBytes(cacheBytes)}.\n`,
    );
  });
}

function newestOfEachSeries(kernels: readonly DebianKernel[]): DebianKernel[] {
  const newest = new Map<string, DebianKernel>();
  for (const kernel of kernels) newest.set(kernel.series, kernel);
  return [...newest.values()];
}
