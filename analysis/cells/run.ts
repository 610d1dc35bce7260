import type { Explanation, Footer, Header, Trial } from "../../results/schema.js";
import type { CellPart } from "../bulk/cell-part.js";

/** One results file as far as it could be read. Trials are streamed, not kept. */
export interface Run {
  file: string;
  header: Header;
  /** null: the run was cut off. */
  footer: Footer | null;
  complete: boolean;
  trials: { ok: number; failed: number; skipped: number };
  /** What `puntbench explain` saw, a scenario each. */
  explanations: Explanation[];
  /** What the reader noticed; what the bench noticed is in header, trials and footer. */
  warnings: string[];
}

/** Called for every readable trial, in the order of the file. */
export type OnTrial = (trial: Trial, run: Run) => void;

/** Called for parts of a very large file, which threads have read and put into cells already. */
export type OnCells = (cells: readonly CellPart[], run: Run) => void;
