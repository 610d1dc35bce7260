import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { packageRoot } from "../../terminal/package-root.js";
import { mutationsOf } from "./mutation.js";
import type { FuzzTarget } from "./target.js";

/** Inputs that once broke a promise, in folders named like their targets. */
const REGRESSIONS = join(packageRoot(), "test", "fuzz", "regressions");

export function regressionsOf({ name }: FuzzTarget): { file: string; input: Buffer }[] {
  const folder = join(REGRESSIONS, name);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((file) => ({ file, input: readFileSync(join(folder, file)) }));
}

/** An input that broke a promise, shrunk to the fewest changes; null when none did. */
export interface Broken {
  input: Buffer;
  error: Error;
}

/** Makes so many inputs from the target's samples and the kept ones. The same seed gives the same inputs. */
export function fuzz(target: FuzzTarget, inputs: number, seed: number): Broken | null {
  const kept = regressionsOf(target).map(({ input }) => input);
  const property = fc.property(mutationsOf([...target.samples(), ...kept]), (input) =>
    target.check(input),
  );
  const { counterexample, errorInstance } = fc.check(property, { numRuns: inputs, seed });
  if (counterexample === null) return null;
  return { input: counterexample[0], error: errorInstance as Error };
}
