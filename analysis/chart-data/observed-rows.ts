import type { Observation, ObservedFile } from "../../results/observation.js";
import { formatNs } from "../../terminal/units.js";
import type { Subject } from "../cells/subject.js";
import { HOWS, type ObservedRow, observedChart } from "../charts/observed-chart.js";
import type { Chart } from "../charts/spec.js";

/** Bars that still have room for their names. */
const MOST_BARS = 15;

/** How the requests to each file were executed; null where there was none. */
export function observedFigure(
  { program, wallNs, files }: Observation,
  { kernelLabel }: Subject,
  number: number,
): Chart | null {
  if (files.length === 0) return null;
  const context = {
    workload: `${kernelLabel}, over ${formatNs(wallNs)}`,
    subjects: [kernelLabel],
    emulatedNote: null,
  };
  const rows = files.slice(0, MOST_BARS).flatMap((file) => rowsOf(file, wallNs));
  const spec = observedChart(`How the requests of ${program} were executed`, rows, context);
  return { name: `observed-${number}`, spec };
}

function rowsOf(file: ObservedFile, wallNs: number): ObservedRow[] {
  const { punts, forced, drained, chained, requests } = file;
  const inline = requests - punts - forced - drained - chained;
  const counts = { inline, punted: punts, forced, drained, chained };
  return HOWS.map((how, order) => ({
    bar: `${shortened(file.file)} · ${file.operation}`,
    file: file.file,
    how,
    order,
    value: (counts[how] / wallNs) * 1e9,
    requests: counts[how],
  })).filter((row) => row.requests > 0);
}

/** The end of a path tells more than its beginning. */
function shortened(path: string): string {
  return path.length <= 32 ? path : `…${path.slice(-31)}`;
}
