import type { Observation } from "../../results/observation.js";
import type { ReplayLine } from "../../results/replay.js";
import type { Explanation, Footer, Header } from "../../results/schema.js";

/** One results file as far as it could be read. Its trials go into cells and are not kept. */
export interface Run {
  file: string;
  /** The host of a fleet that it comes from, see `hostFolderOf`; null: not of a fleet. */
  host: string | null;
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

/** What is repeated, so that trials of the same one are not independent: boots of one machine, or hosts of a fleet. */
export type Unit = "boot" | "host";

/** The unit of each run, by the number of the run: a boot, or a host. */
export type UnitOfRun = ReadonlyMap<number, string> & { readonly unit?: Unit };

class Units extends Map<number, string> {
  unit: Unit = "boot";
}

/** Numbers runs by their id, so that cells of two collections know whether they share a run. */
export class RunNumbers {
  readonly #numbers = new Map<string, number>();
  readonly #hosts = new Map<number, string>();
  /** The boot of each run, by the number of the run; once `settle` has seen several hosts, the host. */
  readonly boots = new Units();

  of({ header, host }: Run): number {
    const known = this.#numbers.get(header.runId);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(header.runId, number);
    this.boots.set(number, bootOf(header) ?? `of run ${number}`);
    if (host !== null) this.#hosts.set(number, host);
    return number;
  }

  /** To be called when all runs are read: with several hosts, these take the place of boots. */
  settle(): void {
    this.boots.unit = new Set(this.#hosts.values()).size > 1 ? "host" : "boot";
    if (this.unit === "boot") return;
    for (const [number, host] of this.#hosts) this.boots.set(number, host);
  }

  get unit(): Unit {
    return this.boots.unit;
  }
}

/** null: each run counts as a boot. A guest boots for each run, and under emulation its random ids may be equal. */
export function bootOf({ environment }: Header): string | null {
  return environment.lab === null ? environment.bootId : null;
}
