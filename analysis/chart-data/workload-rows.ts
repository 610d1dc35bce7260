import { AGREEMENT_REQUESTS_MIN } from "../../results/replay.js";
import { formatBytes } from "../../terminal/units.js";
import { causeShares } from "../cells/cause-shares.js";
import { puntLabel } from "../charts/heat.js";
import type { Chart } from "../charts/spec.js";
import { type WorkloadRow, workloadChart } from "../charts/workload-chart.js";
import { isFrequent, type Workload, type WorkloadOperation } from "../estimates/workload.js";

/** Rows that still have room for their names. */
const MOST_ROWS = 15;
export const RECORDED = "recorded";

/** Punt ratios of each file and operation, in the recording and on each kernel. */
export function workloadFigure(workload: Workload, program: string, number: number): Chart {
  const { operations, places } = workload;
  const emulated = places.some(({ replays }) => replays.some(({ subject }) => subject.emulated));
  const context = {
    workload: `recorded on ${workload.recording.kernelRelease}; files with ${AGREEMENT_REQUESTS_MIN} requests or more`,
    subjects: [RECORDED, ...places.map(({ name }) => name)],
    emulatedNote: emulated ? "punts are exact under emulation" : null,
  };
  // One punt of three requests would look like much.
  const frequent = operations.filter(isFrequent);
  const drawn = frequent.length > 0 ? frequent : operations;
  const rows = drawn.slice(0, MOST_ROWS).flatMap(rowsOf);
  const spec = workloadChart(`Would ${program} punt on other kernels?`, rows, context);
  return { name: `workload-${number}`, spec };
}

function rowsOf(of: WorkloadOperation): WorkloadRow[] {
  const { recorded, recordedRatio, at } = of;
  const places = [
    { place: RECORDED, value: recordedRatio, causes: recorded.causes },
    ...at.map(({ place, puntRatio, causes }) => ({ place: place.name, value: puntRatio, causes })),
  ];
  return places.map(({ place, value, causes }) => {
    const shown = value === null || value === 0 ? [] : causes;
    return {
      series: operationName(of),
      file: of.file,
      place,
      value,
      label: puntLabel(value),
      cause: shown[0]?.cause ?? "",
      causes: causeShares(shown),
      requests: recorded.requests,
    };
  });
}

/** "…/sbtest1.ibd · writev 16 KiB"; the end of a path tells more than its beginning. */
function operationName({ file, operation, bytesPerRequest }: WorkloadOperation): string {
  const path = file.length <= 32 ? file : `…${file.slice(-31)}`;
  const bytes = bytesPerRequest === null ? "" : ` ${formatBytes(bytesPerRequest)}`;
  return `${path} · ${operation}${bytes}`;
}
