import { UsageError, UserError } from "../../terminal/errors.js";
import { parseDurationNs } from "../../terminal/units.js";
import { analyse } from "../loading/analysis.js";
import { defaultPaths } from "../loading/find-files.js";
import { sayNotices } from "../loading/notices.js";
import { planJson } from "./json.js";
import { planText } from "./output.js";
import { planFor } from "./plan.js";

export interface PlanOptions {
  iops: string;
  p99: string;
  kernels?: string;
  coresCost?: string;
  results?: string[];
  json?: boolean;
}

/** Prints the plan. Throws UserError. */
export async function runPlan(options: PlanOptions): Promise<void> {
  const demand = {
    iops: parseRate(options.iops, "--iops"),
    latencyNsP99: parseDurationNs(options.p99, "--p99"),
  };
  if (demand.latencyNsP99 === 0) {
    throw new UsageError("--p99 0: no write takes no time", "Give a target like 500us or 2ms.");
  }
  const coresCost = options.coresCost === undefined ? null : parseCost(options.coresCost);
  const labels = options.kernels?.split(",").map((label) => label.trim());
  const known = new Set<string>();
  const analysis = await analyse(options.results ?? defaultPaths(), {
    wanted: ({ kernelLabel }) => {
      known.add(kernelLabel);
      return !labels || labels.includes(kernelLabel);
    },
  });
  const missing = labels?.filter((label) => !known.has(label)) ?? [];
  if (missing.length > 0) {
    throw new UserError(
      `--kernels ${missing.join(",")}: no such kernel label in the results`,
      `Known labels: ${[...known].sort().join(", ")}.`,
    );
  }
  sayNotices(analysis);
  const plan = planFor(analysis, demand);
  const output = options.json
    ? JSON.stringify(planJson(plan, coresCost), null, 2)
    : planText(plan, coresCost);
  process.stdout.write(`${output}\n`);
}

const MULTIPLES: Record<string, number> = { k: 1e3, M: 1e6 };

/** "100k" -> 100000. Decimal, since rates are. */
export function parseRate(text: string, option: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kM])?$/.exec(text.trim());
  const value = match ? Number(match[1]) * (MULTIPLES[match[2] ?? ""] ?? 1) : 0;
  if (!(value > 0)) {
    throw new UsageError(`${option} ${text}: not a rate`, "Write it like 20000, 100k or 1.5M.");
  }
  return value;
}

function parseCost(text: string): number {
  const value = Number(text);
  if (!(value > 0)) {
    throw new UsageError(
      `--cores-cost ${text}: not a price`,
      "Give the price of one core, like 250.",
    );
  }
  return value;
}
