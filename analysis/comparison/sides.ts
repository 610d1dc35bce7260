import { existsSync } from "node:fs";
import { UsageError, UserError } from "../../terminal/errors.js";
import { RunNumbers } from "../cells/run.js";
import type { Subject } from "../cells/subject.js";
import { type Analysis, analyse } from "../loading/analysis.js";

/** One side of a comparison: the runs of one kernel. */
export interface Side {
  name: string;
  analysis: Analysis;
}

/**
 * Reads both sides. Each is a file or folder, or a kernel label, which is then looked for in
 * `resultsPaths`. Throws UserError when one cannot be found, or holds several kernels.
 */
export async function readSides(
  a: string,
  b: string,
  resultsPaths: readonly string[],
): Promise<[Side, Side]> {
  const runNumbers = new RunNumbers();
  const first = await readSide(a, resultsPaths, runNumbers);
  const second = await readSide(b, resultsPaths, runNumbers);
  for (const side of [first, second]) side.analysis = { ...side.analysis, unit: runNumbers.unit };
  if (first.name === second.name) {
    first.name = `${first.name} (A)`;
    second.name = `${second.name} (B)`;
  }
  return [first, second];
}

async function readSide(
  wanted: string,
  resultsPaths: readonly string[],
  runNumbers: RunNumbers,
): Promise<Side> {
  if (!existsSync(wanted)) return readLabel(wanted, resultsPaths, runNumbers);
  const analysis = await analyse([wanted], { runNumbers });
  const labels = labelsOf(analysis);
  if (labels.length > 1) {
    throw new UsageError(
      `${wanted} holds several kernels: ${labels.join(", ")}`,
      "Name one of these labels instead (with --results for the folder), or one of the files.",
    );
  }
  return { name: labels[0] ?? wanted, analysis };
}

async function readLabel(
  label: string,
  resultsPaths: readonly string[],
  runNumbers: RunNumbers,
): Promise<Side> {
  const known = new Set<string>();
  const analysis = await analyse(resultsPaths, {
    runNumbers,
    wanted: ({ kernelLabel }) => {
      known.add(kernelLabel);
      return kernelLabel === label;
    },
  });
  if (analysis.runs.length === 0) {
    throw new UserError(
      `${label}: neither a file or folder nor a kernel label in ${resultsPaths.join(", ")}`,
      `Known labels: ${[...known].sort().join(", ")}.`,
    );
  }
  return { name: label, analysis };
}

/** A side that is a part of what was read: the subjects that `isOwn` picks. */
export function partOf(
  analysis: Analysis,
  name: string,
  isOwn: (subject: Subject) => boolean,
): Side {
  const subjects = analysis.subjects.filter(isOwn);
  const labels = new Set(subjects.map(({ kernelLabel }) => kernelLabel));
  const cells = analysis.cells.filter(({ subject }) => isOwn(subject));
  const runs = analysis.runs.filter(({ header }) => labels.has(header.kernelLabel));
  return { name, analysis: { ...analysis, runs, cells, subjects } };
}

function labelsOf(analysis: Analysis): string[] {
  return [...new Set(analysis.runs.map((run) => run.header.kernelLabel))];
}
