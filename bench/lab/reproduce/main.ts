import type { Trial } from "../../../results/schema.js";
import { UserError } from "../../../terminal/errors.js";
import { type Progress, stderrProgress } from "../../../terminal/progress.js";
import { labCache } from "../host/cache.js";
import { requireLabTools } from "../host/programs.js";
import { interruptible } from "../interrupt.js";
import { openSession } from "../session/session.js";
import { targetsByVersion } from "../session/target.js";
import { measureNowait, measurePunts, reproduceOptions } from "./measure.js";
import { type NowaitCell, nowaitCells } from "./nowait.js";
import { NOWAIT_KERNEL, PUBLISHED, PUBLISHED_NOWAIT } from "./published.js";
import type { ReturnValues } from "./return-values.js";
import { reproductionText } from "./text.js";
import { type ReproducedCell, reproduce, reproductionJson } from "./verdict.js";

export interface RawReproduceOptions {
  json?: boolean;
  out?: string;
  mirror?: string;
  accelerator: string;
}

/** `puntbench reproduce`: the published experiments, run again in guests, beside their published table. */
export async function main(raw: RawReproduceOptions): Promise<void> {
  const progress = stderrProgress();
  requireLabTools();
  const { trials, returned, probed } = await interruptible((signal) =>
    measure(raw, progress, signal),
  );
  const cells = reproduce(PUBLISHED, trials);
  const nowait = nowaitCells(PUBLISHED_NOWAIT, probed);
  process.stdout.write(
    raw.json
      ? `${JSON.stringify(reproductionJson(cells, nowait, returned))}\n`
      : reproductionText(cells, nowait, returned),
  );
  const differing = [...cells, ...nowait].filter((cell) => !cell.agrees).map(describe);
  if (differing.length > 0) {
    throw new UserError(
      `not reproduced: ${differing.join("; ")}`,
      "Kernels change within a series: look at the package version above and at `puntbench lab --shell`.",
    );
  }
}

function describe(cell: ReproducedCell | NowaitCell): string {
  const how = "oracle" in cell ? ` with ${cell.oracle}` : "";
  const { preparation, kernel, published, measured } = cell;
  return `${preparation} on ${kernel}${how} (published ${published}, measured ${measured})`;
}

async function measure(
  raw: RawReproduceOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<{ trials: Map<string, Trial[]>; returned: ReturnValues[]; probed: string }> {
  const cache = labCache();
  const say = (text: string) => progress.step(text);
  const warn = (text: string) => progress.milestone(`warning: ${text}`);
  const kernels = [...new Set(PUBLISHED.map((cell) => cell.kernel)), NOWAIT_KERNEL];
  const options = reproduceOptions(raw.accelerator, kernels);
  const { flavour } = options;
  const mirror = raw.mirror ?? null;
  const targets = await targetsByVersion(cache, kernels, { flavour, mirror, say, warn, signal });
  for (const target of targets) {
    progress.milestone(`${target.label}: ${target.packageName} ${target.packageVersion}`);
  }
  const punting = targets.filter((target) => target.label !== NOWAIT_KERNEL);
  const probing = targets.find((target) => target.label === NOWAIT_KERNEL);
  if (!probing) throw new Error(`${NOWAIT_KERNEL} was not resolved`);
  const session = await openSession(cache, options.settings, probing, say);
  try {
    const out = raw.out ?? null;
    const punts = await measurePunts(session, punting, options, out, progress, signal);
    const probed = await measureNowait(session, probing, progress, signal);
    return { ...punts, probed };
  } finally {
    progress.done();
    session.close();
  }
}
