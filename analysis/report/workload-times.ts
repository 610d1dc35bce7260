import { quantileNs } from "../../results/durations.js";
import type { Durations } from "../../results/observation.js";
import { plural } from "../../terminal/plural.js";
import { numberColumns, textColumns } from "../../terminal/table.js";
import { formatNs } from "../../terminal/units.js";
import { joined } from "../../terminal/words.js";
import type { Replayed } from "../cells/replayed.js";
import type { Place, Workload } from "../estimates/workload.js";
import { type Block, fold, list, table, text } from "./model.js";

/** Latencies and CPU time of replays on real hardware. Those of an emulated CPU are not shown. */
export function workloadTimes({ places }: Workload): Block[] {
  const real = places.flatMap(({ name, replays }) =>
    replays.filter(({ subject }) => !subject.emulated).map((one) => ({ name, one })),
  );
  const emulated = places.filter(({ replays }) => replays.every(({ subject }) => subject.emulated));
  const left = emulated.length === 0 ? [] : [text(emulatedWords(emulated))];
  if (real.length === 0) return left;
  return [
    ...left,
    fold(
      "Latency and CPU time, on real hardware",
      latencyTable(real),
      list(real.map(({ name, one }) => spendingWords(name, one))),
    ),
  ];
}

function emulatedWords(places: readonly Place[]): string {
  const late = places.flatMap(({ name, replays }) => {
    const most = Math.max(0, ...replays.map(({ replay }) => replay.lateNsP99 ?? 0));
    return most === 0 ? [] : [`${formatNs(most)} on ${name}`];
  });
  const pace =
    late.length === 0 ? "" : `; 99 % of the requests were at most so late there: ${joined(late)}`;
  return (
    `No times are shown for ${joined(places.map(({ name }) => name))}: the CPU was emulated there, and times mean nothing. ` +
    `Punts for timestamps and locks follow the pace of the requests, which an emulated CPU keeps only in part${pace}.`
  );
}

type Named = { name: string; one: Replayed };

const COLUMNS = [
  ...textColumns("file", "operation", "kernel"),
  ...numberColumns("inline p99, recorded", "inline p99", "punted p99, recorded", "punted p99"),
];

function latencyTable(real: readonly Named[]): Block {
  const rows = real.flatMap(({ name, one: { replay } }) =>
    replay.files.map(({ file, operation, recorded, ...here }) => [
      file,
      operation,
      name,
      p99(recorded.inlineLatencies),
      p99(here.inlineLatencies),
      p99(recorded.puntedLatencies),
      p99(here.puntedLatencies),
    ]),
  );
  return table(COLUMNS, rows);
}

function p99(durations: Durations): string {
  const ns = quantileNs(durations, 0.99);
  return ns === null ? "-" : formatNs(ns);
}

function spendingWords(name: string, { replay }: Replayed): string {
  const { cpuNs, requests, workersPeak, stalls, lateNsP99 } = replay;
  const each = (ns: number | null) => (ns === null ? "unknown" : formatNs(ns / requests));
  const peak = workersPeak === null ? "" : `, at most ${plural(workersPeak, "worker")}`;
  const late =
    lateNsP99 === null ? "" : ` 99 % of the requests were at most ${formatNs(lateNsP99)} late.`;
  return (
    `${name}: CPU for each request: submitters ${each(cpuNs.submitter)}, io-wq workers ${each(cpuNs.ioWq)}${peak}, ` +
    `all kernel threads of the machine ${each(cpuNs.kernelWorkers)}. ${stallWords(stalls)}${late}`
  );
}

function stallWords(stalls: Replayed["replay"]["stalls"]): string {
  if (stalls === null) return "Whether submitters were blocked is unknown on this kernel.";
  if (stalls.long === 0) return "No submitter was blocked for more than 1 ms.";
  return `Submitters were blocked for more than 1 ms ${plural(stalls.long, "time")}, at most ${formatNs(stalls.maxNs)}.`;
}
