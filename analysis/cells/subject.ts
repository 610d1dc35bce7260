import type { Header } from "../../results/schema.js";

/**
 * What charts and comparisons speak about: one kernel on one filesystem, on real or emulated
 * hardware. Runs of the same subject are put together; two subjects never are.
 */
export interface Subject {
  id: string;
  kernelLabel: string;
  filesystem: string;
  /** Under software emulation counts are exact, times compare with nothing. */
  emulated: boolean;
}

export const EMULATED_NOTE = "emulated: times not comparable";

export function subjectOf(header: Header): Subject {
  const { kernelLabel, environment } = header;
  const filesystem = environment.filesystem.type;
  const accelerator = environment.lab?.accelerator ?? "";
  const emulated = environment.virtualisation.emulated || accelerator.startsWith("tcg");
  return {
    id: JSON.stringify([kernelLabel, filesystem, emulated]),
    kernelLabel,
    filesystem,
    emulated,
  };
}

export type NameOf = (subject: Subject) => string;

/** The name in charts: no longer than needed to tell the subjects at hand apart. */
export function subjectName(subject: Subject, all: readonly Subject[]): string {
  const filesystems = new Set(all.map((other) => other.filesystem));
  const filesystem = filesystems.size > 1 ? ` · ${subject.filesystem}` : "";
  return `${subject.kernelLabel}${filesystem}${subject.emulated ? " (emulated)" : ""}`;
}

/**
 * Names, by the subjects' ids, for what emulation does not change, such as punts: a kernel that was measured both
 * ways has one. The filesystem is part of it only when there are several.
 */
export function kernelNames(subjects: readonly Subject[]): Map<string, string> {
  const several = new Set(subjects.map((subject) => subject.filesystem)).size > 1;
  return new Map(
    subjects.map(({ id, kernelLabel, filesystem }) => [
      id,
      several ? `${kernelLabel} ${filesystem}` : kernelLabel,
    ]),
  );
}

/** 6.1 before 6.12, real before emulated, then by filesystem. */
export function compareSubjects(a: Subject, b: Subject): number {
  return (
    naturalOrder.compare(a.kernelLabel, b.kernelLabel) ||
    Number(a.emulated) - Number(b.emulated) ||
    naturalOrder.compare(a.filesystem, b.filesystem)
  );
}

const naturalOrder = new Intl.Collator("en", { numeric: true });
