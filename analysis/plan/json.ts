import { subjectName } from "../cells/subject.js";
import { PLAN_ASSUMPTIONS, subjectsOf } from "./output.js";
import { type CoreSaving, isTold, type Plan } from "./plan.js";

/** The plan for programs: subjects by name, estimates complete. */
export function planJson(plan: Plan, coresCost: number | null): object {
  const subjects = subjectsOf(plan);
  const cost = (cores: number | undefined): number | null =>
    coresCost === null || cores === undefined ? null : cores * coresCost;
  const side = ({ subject, preparation }: CoreSaving["from"]) => ({
    kernel: subjectName(subject, subjects),
    preparation,
  });
  return {
    demand: plan.demand,
    workload: plan.workload,
    assumptions: PLAN_ASSUMPTIONS,
    capacities: plan.capacities.map(({ subject, ...capacity }) => ({
      kernel: subject.kernelLabel,
      filesystem: subject.filesystem,
      ...capacity,
      cost: cost(capacity.cores?.total?.point),
    })),
    savings: plan.savings.map(({ from, to, ...rest }) => ({
      ...rest,
      told: isTold({ from, to, ...rest }),
      from: side(from),
      to: side(to),
      value: cost(rest.cores),
    })),
    prefill: plan.breakEvens.flatMap(({ subject, evens }) =>
      evens.map((even) => ({
        kernel: subject.kernelLabel,
        filesystem: subject.filesystem,
        ...even,
      })),
    ),
    leftOut: plan.leftOut.map((subject) => subjectName(subject, [subject])),
  };
}
