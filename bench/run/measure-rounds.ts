import { describeScenario } from "../../results/scenario.js";
import type { Scenario, Trial } from "../../results/schema.js";
import { plural } from "../../terminal/plural.js";
import { timeLeft } from "../../terminal/progress.js";
import { formatNs } from "../../terminal/units.js";
import { reportTrials } from "../environment/lab-guest.js";
import { measureTrial, type RunContext, stopIfHopeless, trialContext } from "./measure-trial.js";
import { runRounds } from "./rounds.js";
import { runTrial, type TrialContext, type TrialPlace } from "./trial.js";

/** Runs every scenario in every round, and hands each trial to `keep` as soon as it is measured. */
export async function measureRounds(run: RunContext, keep: (trial: Trial) => void): Promise<void> {
  const { options, header, progress, signal } = run;
  const { scenarios } = header;
  const context = trialContext(run);
  if (context.instructions) await warmUp(run, context);
  const startedAtMs = Date.now();
  const total = scenarios.length * options.rounds;
  let done = 0;
  progress.milestone(`instrument checked, ${plural(total, "trial")} to run`);
  reportTrials(0, total);
  const measure = async (scenario: Scenario, place: TrialPlace): Promise<Trial> => {
    const name = describeScenario(scenario);
    const round = `round ${place.round + 1}/${options.rounds}`;
    const left = timeLeft(startedAtMs, done, total);
    progress.step(`${round}  trial ${done + 1}/${total}  ${name}  ${left}`);
    const trial = await measureTrial(run, context, scenario, place);
    keep(trial);
    done += 1;
    reportTrials(done, total);
    stopIfHopeless(trial);
    if (done % scenarios.length === 0) {
      const elapsed = formatNs((Date.now() - startedAtMs) * 1e6);
      progress.milestone(`${round} done, ${done}/${total} trials in ${elapsed}`);
    }
    return trial;
  };
  await runRounds({ scenarios, rounds: options.rounds, seed: options.seed }, measure, signal);
}

const WARM_UP_WRITES = 64;

/**
 * Runs each scenario once, briefly, without a record. What a kernel does only the first time (a workqueue for
 * the filesystem, the first worker thread) is not part of a write's exact cost.
 */
async function warmUp(
  { header, scratch, signal }: RunContext,
  context: Omit<TrialContext, "signal">,
): Promise<void> {
  const place = { round: 0, position: 0, seed: 0 };
  for (const [index, scenario] of header.scenarios.entries()) {
    const bytes = WARM_UP_WRITES * scenario.blockSizeBytes;
    const short = { ...scenario, fileSizeBytes: Math.min(scenario.fileSizeBytes, bytes) };
    await runTrial({ ...context, signal }, short, scratch.file(`warm-up-${index}`), place);
  }
}
