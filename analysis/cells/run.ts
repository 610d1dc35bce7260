import type { Observation } from "../../results/observation.js";
import type { ReplayLine } from "../../results/replay.js";
import type { Explanation, Footer, Header } from "../../results/schema.js";

/** One results file as far as it could be read. Its trials go into cells and are not kept. */
export interface Run {
  file: string;
  header: Header;
  /** null: the run was cut off. */
  footer: Footer | null;
  complete: boolean;
  trials: { ok: number; failed: number; skipped: number };
  /** What `puntbench explain` saw, one for each scenario. */
  explanations: Explanation[];
  /** What `puntbench watch` saw, one for each program. */
  observations: Observation[];
  /** What `puntbench replay` saw. */
  replays: ReplayLine[];
  /** What the reader noticed; what the bench noticed is in header, trials and footer. */
  warnings: string[];
}

/** Numbers runs by their id, so that cells of two collections know whether they share a run. */
export class RunNumbers {
  readonly #numbers = new Map<string, number>();
  /** The boot of each run, by the number of the run. */
  readonly boots = new Map<number, string>();

  of({ header }: Run): number {
    const number = this.#numbers.get(header.runId) ?? this.#numbers.size;
    this.#numbers.set(header.runId, number);
    this.boots.set(number, bootOf(header) ?? `of run ${number}`);
    return number;
  }
}

/** null: each run counts as a boot. A guest boots for each run, and under emulation its random ids may be equal. */
export function bootOf({ environment }: Header): string | null {
  return environment.lab === null ? environment.bootId : null;
}
