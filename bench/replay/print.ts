import { relative } from "node:path";
import { AGREEMENT_RATIO, AGREEMENT_REQUESTS_MIN } from "../../results/replay.js";
import { formatPercent } from "../../terminal/percent.js";
import { plural } from "../../terminal/plural.js";
import { jsonLine, visible } from "../../terminal/quote.js";
import { numberColumns, renderTable, textColumns } from "../../terminal/table.js";
import { formatNs } from "../../terminal/units.js";
import { causesCell } from "../watch/print-causes.js";
import type { Replay, ReplayedOperation } from "./outcome.js";

export function printReplay(replay: Replay, resultsFile: string, json: boolean): void {
  if (json) console.log(jsonLine({ resultsFile, ...replay }));
  else console.log(`${words(replay)}\n\nResults: ${relative(process.cwd(), resultsFile)}`);
}

/** Operations whose punt ratio here is not that of the recording. */
export function differing(replay: Replay): ReplayedOperation[] {
  return replay.operations.filter(
    ({ requests, recordedPuntRatio, puntRatio }) =>
      requests >= AGREEMENT_REQUESTS_MIN &&
      (puntRatio === null || Math.abs(puntRatio - recordedPuntRatio) > AGREEMENT_RATIO),
  );
}

function words(replay: Replay): string {
  const { recording, kernelRelease } = replay;
  const same = recording.kernelRelease === kernelRelease && !isChanged(replay);
  return [
    visible(
      `${recording.path}, recorded on ${recording.kernelRelease}, replayed on ${kernelRelease}`,
    ),
    ...(same ? differing(replay).map(warning) : []),
    "",
    table(replay.operations),
    "",
    ...closing(replay),
  ].join("\n");
}

function isChanged({ options }: Replay): boolean {
  return options.whatIf.preparation !== null || options.whatIf.iowqWorkers !== null;
}

function warning({ file, operation, recordedPuntRatio, puntRatio }: ReplayedOperation): string {
  const here = puntRatio === null ? "were not seen" : `${formatPercent(puntRatio)} punted`;
  return visible(
    `WARNING: the replay differs from the recording on the same kernel: ${operation} of ${file}: ` +
      `${formatPercent(recordedPuntRatio)} punted when it was recorded, here ${here}.`,
  );
}

function table(operations: readonly ReplayedOperation[]): string {
  const columns = [
    ...textColumns("file", "operation"),
    ...numberColumns("requests", "punted, recorded", "punted, here"),
    ...textColumns("cause, here"),
    ...numberColumns("inline p99", "punted p99", "failed"),
  ];
  const rows = [...operations]
    .sort((a, b) => b.requests - a.requests)
    .map((row) => [
      visible(row.file),
      row.operation,
      String(row.requests),
      formatPercent(row.recordedPuntRatio),
      row.puntRatio === null ? "unknown" : formatPercent(row.puntRatio),
      causesCell(row.causes),
      row.inlineNsP99 === null ? "-" : formatNs(row.inlineNsP99),
      row.puntedNsP99 === null ? "-" : formatNs(row.puntedNsP99),
      String(row.failed),
    ]);
  return renderTable(columns, rows);
}

function closing(replay: Replay): string[] {
  const { requests, rings, wallNs, lateNsP99, cpuNs, systemCalls, leftOut, recording } = replay;
  const each = (ns: number | null) => (ns === null ? "unknown" : formatNs(ns / requests));
  const late = lateNsP99 === null ? "" : `; 99 % were at most ${formatNs(lateNsP99)} late`;
  const lines = [
    `${plural(requests, "request")} through ${plural(rings, "ring")} in ${formatNs(wallNs)}${late}.`,
    `CPU for each request: submitters ${each(cpuNs.submitter)}, io-wq workers ${each(cpuNs.ioWq)}` +
      `${replay.workersPeak === null ? "" : `; at most ${plural(replay.workersPeak, "worker")}`}.`,
  ];
  if (replay.stalls !== null && replay.stalls.count > 0) {
    lines.push(
      `Submitters were blocked ${plural(replay.stalls.count, "time")} inside io_uring_enter, at most ${formatNs(replay.stalls.maxNs)}.`,
    );
  }
  if (systemCalls.count > 0) {
    lines.push(
      `${plural(systemCalls.count, "system call")} changed the files; ${systemCalls.failed} failed.`,
    );
  }
  for (const [reason, count] of Object.entries(leftOut)) {
    lines.push(`Left out: ${count} requests, because ${reason}.`);
  }
  for (const file of replay.filesOfUnknownState) {
    lines.push(visible(`The state of ${file} is not in the recording: it was taken as written.`));
  }
  if (recording.damage !== null)
    lines.push(`The recording is damaged: ${recording.damage}. What stands before that was used.`);
  if (recording.lostEvents)
    lines.push(`The recorder lost ${recording.lostEvents} events: requests are missing.`);
  return lines;
}
