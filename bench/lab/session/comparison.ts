import { readFile } from "node:fs/promises";
import { median } from "simple-statistics";
import { puntRatioOf } from "../../../results/metrics.js";
import { compareScenarios, scenarioKey, workloadWords } from "../../../results/scenario.js";
import { ResultsLine, type Scenario, type Trial } from "../../../results/schema.js";
import { UserError } from "../../../terminal/errors.js";
import { formatPercent } from "../../../terminal/percent.js";
import { renderTable } from "../../../terminal/table.js";

/** What the lab's closing tables need of one results file. */
export interface RunSummary {
  /** The kernel, with its filesystem unless that is ext4. */
  column: string;
  trials: Trial[];
}

/**
 * Reads a results file that the lab brought back; a UserError when a guest sent something else. `label` is the lab's
 * own name of the kernel.
 */
export async function readRun(
  path: string,
  label: string,
  filesystem: string,
): Promise<RunSummary> {
  const lines = (await readFile(path, "utf8")).split("\n").filter((line) => line !== "");
  const parsed = lines.map((line, index) => {
    try {
      return ResultsLine.parse(JSON.parse(line));
    } catch {
      throw new UserError(
        `${path}: line ${index + 1} is no line of a results file`,
        "The file came from a guest as it is: do not use it, and run that kernel again.",
      );
    }
  });
  return {
    column: filesystem === "ext4" ? label : `${label} ${filesystem}`,
    trials: parsed.filter((line) => line.type === "trial"),
  };
}

export interface ScenarioRow {
  scenario: Scenario;
  /** Its trials in each run of a column; a run is one boot. */
  boots: (column: string) => Trial[][];
}

/** One row for each scenario that any run has, in the order of all tables. */
export function scenarioRows(runs: readonly RunSummary[]): ScenarioRow[] {
  const scenarios = new Map(
    runs.flatMap((run) => run.trials).map(({ scenario }) => [scenarioKey(scenario), scenario]),
  );
  const rows = [...scenarios].map(([key, scenario]) => ({
    scenario,
    boots: (column: string) =>
      runs
        .filter((run) => run.column === column)
        .map((run) => run.trials.filter((trial) => scenarioKey(trial.scenario) === key)),
  }));
  return rows.sort((a, b) => compareScenarios(a.scenario, b.scenario));
}

export function columnsOf(runs: readonly RunSummary[]): string[] {
  return [...new Set(runs.map((run) => run.column))];
}

/**
 * The median share of punted writes of each scenario on each kernel, over all trials and boots; `-`
 * where nothing was counted. The shares are exact under emulation.
 */
export function puntTable(runs: readonly RunSummary[]): string {
  const columns = columnsOf(runs);
  const found = scenarioRows(runs);
  const requests = found.map(({ scenario }) => workloadWords(scenario));
  // Where all do the same, nothing is said of it.
  const varied = new Set(requests).size > 1;
  const rows = found.map(({ scenario, boots }, index) => [
    ...(varied ? [`${requests[index]}, ${scenario.order}`] : []),
    scenario.preparation,
    scenario.arm,
    String(scenario.queueDepth),
    scenario.intervalNs === 0 ? "-" : `${scenario.intervalNs / 1e6} ms`,
    ...columns.map((column) => puntedShare(boots(column).flat())),
  ]);
  const right = (title: string) => ({ title, align: "right" as const });
  const titles = ["depth", "interval", ...columns].map(right);
  const request = varied ? [{ title: "request" }] : [];
  const table = renderTable(
    [...request, { title: "preparation" }, { title: "arm" }, ...titles],
    rows,
  );
  return `punted writes\n${table}`;
}

function puntedShare(trials: readonly Trial[]): string {
  const ratios = trials.map(puntRatioOf).filter((ratio) => ratio !== null);
  return ratios.length === 0 ? "-" : formatPercent(median(ratios));
}
