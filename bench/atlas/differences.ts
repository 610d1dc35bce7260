import { sameAnswer } from "../../results/atlas/same-answer.js";
import type { AtlasCell, AtlasFile } from "../../results/atlas/schema.js";
import { mainCauseOf, verdictOf } from "../../results/atlas/verdict.js";

/** Two measurements of one kernel and place, cell by cell. */
export interface Compared {
  agreed: number;
  /** One sentence for each cell with another answer. */
  changed: string[];
  /** One sentence for each cell of which one measurement says nothing. */
  untold: string[];
}

/** Compares the cells that both have. A cell that only one has is untold: what was not measured is no agreement. */
export function compareAnswers(expected: AtlasFile, measured: AtlasFile): Compared {
  const compared: Compared = { agreed: 0, changed: [], untold: [] };
  for (const cell of measured.cells) {
    const before = expected.cells.find(
      ({ scenario, key }) => scenario === cell.scenario && key === cell.key,
    );
    const name = `${measured.kernel} ${measured.place} ${cell.scenario}`;
    const same = before === undefined ? null : sameAnswer(before, cell);
    if (same === true) compared.agreed += 1;
    else {
      const was = before === undefined ? "not measured" : wordsOf(before);
      (same === false ? compared.changed : compared.untold).push(
        `${name}: expected ${was}; measured ${wordsOf(cell)}`,
      );
    }
  }
  return compared;
}

export function sumOf(all: readonly Compared[]): Compared {
  return {
    agreed: all.reduce((sum, { agreed }) => sum + agreed, 0),
    changed: all.flatMap(({ changed }) => changed),
    untold: all.flatMap(({ untold }) => untold),
  };
}

/** "12 cells as expected, 1 changed, 0 cannot be told", and the last two in full. */
export function comparedText({ agreed, changed, untold }: Compared): string {
  return [
    `${agreed} cells as expected, ${changed.length} changed, ${untold.length} cannot be told`,
    ...changed.map((words) => `changed: ${words}`),
    ...untold.map((words) => `not told: ${words}`),
    "",
  ].join("\n");
}

function wordsOf(cell: AtlasCell): string {
  const cause = mainCauseOf(cell);
  return `${verdictOf(cell).words}${cause === null ? "" : ` (${cause.cause})`}`;
}
