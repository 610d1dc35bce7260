import type { Column } from "../../terminal/table.js";
import { groupBy } from "../cells/group-by.js";
import type { Subject } from "../cells/subject.js";
import { capacityColumns, capacityRows } from "../plan/output.js";
import type { Plan } from "../plan/plan.js";
import { type Block, fold, table } from "./model.js";

/** The first columns, which name the kernel and the preparation. */
const NAMES = 2;
/** Of the figures, those that are shown for each filesystem: the highest load, where, its p99 and all cores. */
const FIGURES = [2, 3, 4, 10];
const NOT_MEASURED = "-";

/** A row for each kernel and preparation; with several filesystems a group of columns for each, and every figure in a fold. */
export function capacityTables(plan: Plan, subjects: readonly Subject[]): Block[] {
  const columns = capacityColumns(plan, null);
  const whole = table(columns, capacityRows(plan, subjects, null));
  const byFilesystem = groupBy(plan.capacities, ({ subject }) => subject.filesystem);
  if (byFilesystem.size <= 1) return [whole];
  const filesystems = [...byFilesystem.keys()].sort();
  const tables = new Map(
    [...byFilesystem].map(([filesystem, capacities]) => {
      const own = subjects.filter((subject) => subject.filesystem === filesystem);
      const rows = capacityRows({ ...plan, capacities }, own, null);
      return [filesystem, new Map(rows.map((row) => [keyOf(row), row]))] as const;
    }),
  );
  const keys = new Set([...tables.values()].flatMap((rows) => [...rows.keys()]));
  const figures = filesystems.flatMap((group) =>
    FIGURES.map((index): Column => ({ ...(columns[index] as Column), group })),
  );
  const rows = [...keys].map((key) => [
    ...(JSON.parse(key) as string[]),
    ...filesystems.flatMap((filesystem) => {
      const row = tables.get(filesystem)?.get(key);
      return FIGURES.map((index) => row?.[index] ?? NOT_MEASURED);
    }),
  ]);
  return [
    table([...columns.slice(0, NAMES), ...figures], rows),
    fold("Every figure, a row for each kernel and filesystem", whole),
  ];
}

/** Kernel and preparation, which are the same on every filesystem. */
function keyOf(row: readonly string[]): string {
  return JSON.stringify(row.slice(0, NAMES));
}
