import type { Driver } from "../../native/index.js";
import type { Header, Scenario } from "../../results/schema.js";
import { shellWord } from "../../terminal/quote.js";
import { checkBlockSizes, directIoAlignment } from "../environment/direct-io.js";
import { mountOf } from "../environment/mount.js";
import { otherBenchWarnings } from "../environment/other-benches.js";
import { openPuntCounter } from "../environment/punt-counter.js";
import { abandonedScratch, type ScratchDirectory } from "../environment/scratch.js";
import { placeWarnings } from "../probe/place-warnings.js";
import { environment } from "./environment.js";
import { checkInstrument } from "./instrument.js";
import type { BenchOptions } from "./options.js";
import { checkSpace } from "./preflight.js";
import { provenance } from "./provenance.js";

/**
 * Checks the directory and the instrument, and describes both in the header of the results file. Throws a UserError where measuring here is impossible.
 */
export async function openingHeader(
  driver: Driver,
  options: BenchOptions,
  scenarios: Scenario[],
  scratch: ScratchDirectory,
  commandLine: string[],
): Promise<Header> {
  const filesystemType = mountOf(scratch.location)?.type ?? "unknown filesystem";
  const alignment = directIoAlignment(driver, scratch, filesystemType);
  const blockSizes = new Set(scenarios.map(({ blockSizeBytes }) => blockSizeBytes));
  checkBlockSizes([...blockSizes], alignment);
  checkSpace(scratch, scenarios, options.maxSpaceBytes);
  const puntCounter = openPuntCounter(driver);
  return {
    ...provenance(options.kernelLabel, commandLine),
    seed: options.seed,
    rounds: options.rounds,
    scenarios,
    environment: environment(scratch.path, alignment, puntCounter),
    instrumentChecks: await checkInstrument(driver, puntCounter.available),
    warnings: [
      ...(puntCounter.reason === null ? [] : [`punts are not counted: ${puntCounter.reason}`]),
      ...otherBenchWarnings(scratch.location),
      ...placeWarnings(driver, scratch.path, Math.min(...blockSizes)),
      ...abandonedScratch(driver, options.dir).map(
        (path) => `a killed run left ${path}; remove it with: rm -r ${shellWord(path)}`,
      ),
    ],
  };
}
