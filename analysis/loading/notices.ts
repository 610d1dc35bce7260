import { plural } from "../../terminal/plural.js";
import { visible } from "../../terminal/quote.js";
import type { Run } from "../cells/run.js";
import type { Analysis } from "./analysis.js";

/** What a reader of results must know of files: what was passed over, and which runs are not whole. */
export function loadingNotices({ problems, runs }: Pick<Analysis, "problems" | "runs">): string[] {
  return [
    ...problems.map(({ file, message }) => `${file}: ${message}`),
    ...runs.flatMap((run) => runNotices(run).map((message) => `${run.file}: ${message}`)),
  ].map(visible);
}

/** Says on stderr what was noticed while results were loaded, each text once. */
export function sayNotices(...loaded: Pick<Analysis, "problems" | "runs">[]): void {
  for (const text of new Set(loaded.flatMap(loadingNotices))) {
    process.stderr.write(`puntbench: ${text}\n`);
  }
}

function runNotices({
  warnings,
  footer,
  trials,
  explanations,
  observations,
  replays,
}: Run): string[] {
  const measured = trials.ok + trials.failed + trials.skipped;
  const ended = footer && footer.outcome !== "complete" ? footer : null;
  return [
    ...warnings,
    ...(ended
      ? [
          `the run was ${ended.outcome} after ${plural(measured, "trial")}: ${ended.reason ?? "no reason given"}`,
        ]
      : []),
    ...(measured + explanations.length + observations.length + replays.length === 0
      ? ["it holds no trial"]
      : []),
    ...(footer && footer.trials !== measured
      ? [`its footer counts ${plural(footer.trials, "trial")}, ${measured} could be read`]
      : []),
  ];
}
