import { median } from "simple-statistics";
import type { AtlasCost, AtlasFile } from "../../results/atlas/schema.js";
import { scenarioKey } from "../../results/scenario.js";
import type { Trial } from "../../results/schema.js";
import type { BootLines } from "./boot-files.js";

/** The file with the instructions that this boot counted: of the median trial, for one request. Other cells stay as they are. */
export function withCosts(file: AtlasFile, { lines }: { lines: BootLines }): AtlasFile {
  const cells = file.cells.map((cell) => {
    const own = lines.trials.filter(({ scenario }) => scenarioKey(scenario) === cell.key);
    const instructions = costOf(own.filter(({ status }) => status === "ok"));
    return instructions === null ? cell : { ...cell, instructions };
  });
  return { ...file, cells };
}

/** null where nothing was counted. */
function costOf(trials: readonly Trial[]): AtlasCost | null {
  const perRequest = (spender: keyof AtlasCost): number | null => {
    const values = trials.flatMap(({ measurement }) => {
      const sum = measurement?.instructions?.[spender];
      const requests = measurement?.writesIssued ?? measurement?.writes ?? 0;
      return sum == null || requests === 0 ? [] : [sum / requests];
    });
    return values.length === 0 ? null : Math.round(median(values));
  };
  const [submitter, kernelWorkers] = [perRequest("submitter"), perRequest("kernelWorkers")];
  if (submitter === null || kernelWorkers === null) return null;
  return { submitter, ioWq: perRequest("ioWq"), kernelWorkers };
}
