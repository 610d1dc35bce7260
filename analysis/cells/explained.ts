import { scenarioKey } from "../../results/scenario.js";
import type { Explanation } from "../../results/schema.js";
import type { Run } from "./run.js";
import { compareSubjects, type Subject, subjectOf } from "./subject.js";

/** What tracing saw of one scenario on one subject. */
export interface Explained {
  subject: Subject;
  explanation: Explanation;
}

/** One for each scenario and subject, from the newest run, in the order of the subjects. */
export function explainedIn(runs: readonly Run[]): Explained[] {
  const found = new Map<string, Explained>();
  const oldestFirst = [...runs].sort((a, b) => (a.header.startedAt < b.header.startedAt ? -1 : 1));
  for (const { header, explanations } of oldestFirst) {
    const subject = subjectOf(header);
    for (const explanation of explanations) {
      found.set(`${subject.id} ${scenarioKey(explanation.scenario)}`, { subject, explanation });
    }
  }
  return [...found.values()].sort((a, b) => compareSubjects(a.subject, b.subject));
}

/** Each subject once, although several runs have it. */
export function distinctSubjects(subjects: readonly Subject[]): Subject[] {
  return [...new Map(subjects.map((subject) => [subject.id, subject])).values()].sort(
    compareSubjects,
  );
}
