import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Failure } from "./checks.js";

/** One case that was run. */
export interface CaseResult {
  group: string;
  name: string;
  seed: string;
  /** Empty: all checks passed. */
  failures: Failure[];
  /** false: the fault never came about. */
  reached: boolean;
  secondRun: boolean;
  ms: number;
  at: string;
  commit: string | null;
}

const keyOf = ({ group, name, seed }: Pick<CaseResult, "group" | "name" | "seed">) =>
  JSON.stringify([group, name, seed]);

/** A file of results, one line for each case, so that a run that was interrupted goes on. The last line of a case counts. */
export class RunRecord {
  readonly #results = new Map<string, CaseResult>();

  constructor(
    readonly path: string,
    fresh: boolean,
  ) {
    mkdirSync(dirname(path), { recursive: true });
    if (fresh) writeFileSync(path, "");
    const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n") : [];
    // Without its newline the last line may be cut.
    for (const line of lines.slice(0, -1)) this.#keep(JSON.parse(line));
  }

  #keep(result: CaseResult): void {
    this.#results.set(keyOf(result), result);
  }

  add(result: CaseResult): void {
    this.#keep(result);
    appendFileSync(this.path, `${JSON.stringify(result)}\n`);
  }

  /** A case that failed is run again. */
  hasPassed(group: string, name: string, seed: string): boolean {
    return this.#results.get(keyOf({ group, name, seed }))?.failures.length === 0;
  }

  results(): CaseResult[] {
    return [...this.#results.values()];
  }
}
