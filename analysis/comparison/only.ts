import type { Metric } from "../../results/metrics.js";
import { UsageError } from "../../terminal/errors.js";
import { parseBytes, parseDurationNs } from "../../terminal/units.js";
import type { Cell } from "../cells/cell.js";
import { COMPARED } from "./compared-metrics.js";

/** What the user wants to see of a comparison. */
export interface Only {
  cell: (cell: Cell) => boolean;
  metric: (metric: Metric) => boolean;
}

export const EVERYTHING: Only = { cell: () => true, metric: () => true };

/** The names are those of the export and of the results file, shortened where people type them. */
const KEYS: Readonly<Record<string, (cell: Cell) => string>> = {
  preparation: ({ scenario }) => scenario.preparation,
  arm: ({ scenario }) => scenario.arm,
  depth: ({ scenario }) => String(scenario.queueDepth),
  filesystem: ({ subject }) => subject.filesystem,
  order: ({ scenario }) => scenario.order,
  block: ({ scenario }) => String(scenario.blockSizeBytes),
  interval: ({ scenario }) => String(scenario.intervalNs),
  operation: ({ scenario }) => scenario.operation ?? "write",
  io: ({ scenario }) => scenario.io ?? "direct",
  durability: ({ scenario }) => scenario.durability ?? "none",
  group: ({ scenario }) => String(scenario.groupWrites ?? 0),
  files: ({ scenario }) => String(scenario.files ?? 1),
  extents: ({ scenario }) => String(scenario.extents ?? 1),
  inode: ({ scenario }) => scenario.inode ?? "warm",
  pages: ({ scenario }) => scenario.pageCache ?? "empty",
  rings: ({ scenario }) => String(scenario.rings ?? 1),
  ring: ({ scenario }) => scenario.ring ?? "best",
};

/** "8k" and "10ms" as the results file has them. */
function inUnits(key: string, value: string): string {
  if (key === "block") return String(parseBytes(value, "--only block"));
  if (key === "interval") return String(parseDurationNs(value, "--only interval"));
  return value;
}

/** "depth=8" -> one of the wanted values of a key. Values of one key are alternatives, keys add up. */
export function parseOnly(texts: readonly string[]): Only {
  const wanted = new Map<string, Set<string>>();
  for (const text of texts.flatMap((list) => list.split(","))) {
    const [, key = "", value = ""] = /^([^=]*)=(.+)$/.exec(text.trim()) ?? [];
    if (key !== "metric" && !(key in KEYS)) {
      throw new UsageError(
        `--only ${text}: not known`,
        `Write key=value. Keys: ${[...Object.keys(KEYS), "metric"].join(", ")}.`,
      );
    }
    if (key === "metric" && !COMPARED.includes(value as Metric)) {
      throw new UsageError(`--only ${text}: not known`, `Metrics: ${COMPARED.join(", ")}.`);
    }
    wanted.set(key, (wanted.get(key) ?? new Set()).add(inUnits(key, value)));
  }
  const accepts = (key: string, value: string): boolean => wanted.get(key)?.has(value) ?? true;
  return {
    cell: (cell) => Object.entries(KEYS).every(([key, read]) => accepts(key, read(cell))),
    metric: (metric) => accepts("metric", metric),
  };
}
