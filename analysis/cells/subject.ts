import type { Header } from "../../results/schema.js";

/**
 * What charts and comparisons are about: one kernel on one filesystem, on real or emulated hardware. Runs of the
 * same subject are put together; two subjects never are.
 */
export interface Subject {
  id: string;
  kernelLabel: string;
  filesystem: string;
  /** Under software emulation counts are exact, and times cannot be compared with any other. */
  emulated: boolean;
}

export const EMULATED_NOTE = "emulated: times not comparable";

export function subjectOf(header: Header): Subject {
  const { kernelLabel, environment } = header;
  const filesystem = environment.filesystem?.type ?? "no filesystem";
  const emulated = isEmulated(environment);
  const id = JSON.stringify([kernelLabel, filesystem, emulated]);
  return { id, kernelLabel, filesystem, emulated };
}

export function isEmulated({ virtualisation, lab }: Header["environment"]): boolean {
  return virtualisation.emulated || (lab?.accelerator ?? "").startsWith("tcg");
}

export type NameOf = (subject: Subject) => string;

/** The name in charts, no longer than needed to tell `all` apart. */
export function subjectName(subject: Subject, all: readonly Subject[]): string {
  const filesystems = new Set(all.map((other) => other.filesystem));
  const filesystem = filesystems.size > 1 ? ` · ${subject.filesystem}` : "";
  return `${subject.kernelLabel}${filesystem}${subject.emulated ? " (emulated)" : ""}`;
}

/**
 * Names for what emulation does not change, such as punts: a kernel that was measured with and without emulation
 * has one name. The filesystem is part of it only when `subjects` have several.
 */
export function kernelNames(subjects: readonly Subject[]): NameOf {
  const several = new Set(subjects.map((subject) => subject.filesystem)).size > 1;
  return ({ kernelLabel, filesystem }) => (several ? `${kernelLabel} ${filesystem}` : kernelLabel);
}

/** 6.1 before 6.12, real before emulated, then by filesystem. */
export function compareSubjects(a: Subject, b: Subject): number {
  return (
    naturalOrder.compare(a.kernelLabel, b.kernelLabel) ||
    Number(a.emulated) - Number(b.emulated) ||
    naturalOrder.compare(a.filesystem, b.filesystem)
  );
}

/** 6.9 before 6.10. */
export const naturalOrder = new Intl.Collator("en", { numeric: true });
