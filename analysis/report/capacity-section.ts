import { UserError } from "../../terminal/errors.js";
import { formatNs, formatRate } from "../../terminal/units.js";
import type { Analysis } from "../loading/analysis.js";
import type { Demand } from "../plan/capacity.js";
import {
  breakEvenLines,
  PLAN_ASSUMPTIONS,
  remarkLines,
  savingLines,
  subjectsOf,
} from "../plan/output.js";
import { type Plan, planFor } from "../plan/plan.js";
import { capacityTables } from "./capacity-table.js";
import { type Block, fold, list, type Section, text } from "./model.js";

/** What the load of an example costs on each kernel and preparation; null when all is emulated. */
export function capacitySection(analysis: Analysis, demand: Demand): Section | null {
  const plan = planOrNull(analysis, demand);
  if (!plan || plan.capacities.length === 0) return null;
  const subjects = subjectsOf(plan);
  const blocks: Block[] = [
    text(
      `As an example, ${formatRate(demand.iops)} writes a second with p99 within ${formatNs(demand.latencyNsP99)}. For another load: puntbench plan --iops … --p99 ….`,
    ),
    ...capacityTables(plan, subjects),
    fold("Limits of these figures", list(remarkLines(plan, subjects))),
  ];
  const more: [string, readonly string[]][] = [
    ["What a change of kernel or preparation saves", savingLines(plan, subjects, null)],
    ["When a prefill has paid for itself", breakEvenLines(plan, subjects)],
    ["Assumptions", PLAN_ASSUMPTIONS],
  ];
  for (const [summary, lines] of more) {
    if (lines.length > 0) blocks.push(fold(summary, list(lines)));
  }
  return { id: "capacity", title: "Capacity", blocks };
}

function planOrNull(analysis: Analysis, demand: Demand): Plan | null {
  try {
    return planFor(analysis, demand);
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}
