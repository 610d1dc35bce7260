import type { Trial } from "../../../results/schema.js";
import { renderTable } from "../../../terminal/table.js";
import { median, type RunSummary, scenarioRows } from "./comparison.js";

const SPENDERS = ["submitter", "ioWq", "system"] as const;
type PerSpender = Record<(typeof SPENDERS)[number], number>;

/** Boots of one kernel that differ by more than this are not averaged. */
export const STABLE_SPREAD = 0.05;

/** A kernel's cost of one scenario over its boots. */
export interface InstructionCost {
  /** Medians over boots; null when the boots disagree. */
  perWrite: PerSpender | null;
  boots: number;
  /** Largest boot over smallest, less 1, of whoever differs most; 0 for a single boot. */
  spread: number;
}

/** Each element holds the trials of one boot. A boot counts by its median trial. */
export function instructionCost(boots: readonly (readonly Trial[])[]): InstructionCost | null {
  const counted = boots.map(perWriteOf).filter((boot) => boot !== null);
  if (counted.length === 0) return null;
  const spreads = SPENDERS.map((who) => {
    const values = counted.map((boot) => boot[who]);
    const least = Math.min(...values);
    return least === 0 ? 0 : Math.max(...values) / least - 1;
  });
  const spread = Math.max(...spreads);
  const middle = (who: keyof PerSpender) => median(counted.map((boot) => boot[who]));
  const perWrite = {
    submitter: middle("submitter"),
    ioWq: middle("ioWq"),
    system: middle("system"),
  };
  return { perWrite: spread > STABLE_SPREAD ? null : perWrite, boots: counted.length, spread };
}

function perWriteOf(trials: readonly Trial[]): PerSpender | null {
  const counted = trials.filter(
    (trial) => trial.status === "ok" && trial.measurement?.instructions != null,
  );
  if (counted.length === 0) return null;
  const middle = (who: keyof PerSpender) =>
    median(
      counted.map(
        (trial) => (trial.measurement?.instructions?.[who] ?? 0) / (trial.measurement?.writes ?? 1),
      ),
    );
  return { submitter: middle("submitter"), ioWq: middle("ioWq"), system: middle("system") };
}

/** Instructions per write, a row for each scenario and kernel; `system` holds the other two. */
export function instructionTable(runs: readonly RunSummary[]): string {
  const columns = [...new Set(runs.map((run) => run.column))];
  const rows = scenarioRows(runs.flatMap((run) => run.trials)).flatMap((row) =>
    columns.flatMap((column) => {
      const boots = runs
        .filter((run) => run.column === column)
        .map((run) => run.trials.filter(row.matches));
      const cost = instructionCost(boots);
      return cost ? [[...row.name.slice(0, 3), column, ...costCells(cost)]] : [];
    }),
  );
  const right = (title: string) => ({ title, align: "right" as const });
  return `instructions per write\n${renderTable(
    [
      ...[{ title: "preparation" }, { title: "arm" }, right("depth"), { title: "kernel" }],
      ...[right("submitter"), right("io-wq"), right("system"), right("boots"), right("spread")],
    ],
    rows,
  )}`;
}

function costCells({ perWrite, boots, spread }: InstructionCost): string[] {
  const figures = perWrite
    ? SPENDERS.map((who) => String(Math.round(perWrite[who])))
    : ["unstable", "-", "-"];
  const spreadText = boots > 1 ? `${(spread * 100).toFixed(1)} %` : "-";
  return [...figures, String(boots), spreadText];
}
