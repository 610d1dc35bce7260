import { UserError } from "../../terminal/errors.js";
import { formatNs, formatRate } from "../../terminal/units.js";
import { subjectName } from "../cells/subject.js";
import type { Analysis } from "../loading/analysis.js";
import type { Demand } from "../plan/capacity.js";
import {
  atMiddleDepth,
  breakEvenSentence,
  capacityColumns,
  capacityRows,
  PLAN_ASSUMPTIONS,
  remarkLines,
  savingSentence,
} from "../plan/output.js";
import { type Plan, planFor } from "../plan/plan.js";
import { type Block, fold, type Section, text } from "./model.js";

/** What the load of an example costs on each kernel and preparation; null when all is emulated. */
export function capacitySection(analysis: Analysis, demand: Demand): Section | null {
  const plan = planOrNull(analysis, demand);
  if (!plan || plan.capacities.length === 0) return null;
  const subjects = [...new Set(plan.capacities.map((capacity) => capacity.subject))];
  const savings = plan.savings
    .filter((saving) => saving.lower > 0 || saving.upper < 0)
    .map((saving) => savingSentence(saving, subjects, null));
  const evens = plan.breakEvens.flatMap(({ subject, evens: all }) =>
    atMiddleDepth(all).map(
      (even) => `${subjectName(subject, subjects)}: ${breakEvenSentence(even)}`,
    ),
  );
  const blocks: Block[] = [
    text(
      `As an example, ${formatRate(demand.iops)} writes a second with p99 within ${formatNs(demand.latencyNsP99)}. For another load: puntbench plan --iops … --p99 ….`,
    ),
    { kind: "table", columns: capacityColumns(null), rows: capacityRows(plan, subjects, null) },
    fold("Limits of these figures", { kind: "list", items: remarkLines(plan, subjects) }),
  ];
  if (savings.length > 0) {
    blocks.push(
      fold("What a change of kernel or preparation saves", { kind: "list", items: savings }),
    );
  }
  if (evens.length > 0) {
    blocks.push(fold("When a prefill has paid for itself", { kind: "list", items: evens }));
  }
  blocks.push(fold("Assumptions", { kind: "list", items: PLAN_ASSUMPTIONS }));
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
