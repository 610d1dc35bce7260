import { readFileSync, statSync } from "node:fs";
import { z } from "zod";
import { scenarioKey } from "../../results/scenario.js";
import { Scenario } from "../../results/schema.js";
import { UsageError } from "../../terminal/errors.js";
import { visible } from "../../terminal/quote.js";
import { formatBytes } from "../../terminal/units.js";

/** More than any plan needs; a file of gigabytes is a mistake. */
const BYTES_MAX = 16 << 20;

const Scenarios = z.array(Scenario).min(1).max(100_000);

/**
 * The scenarios of a JSON file: an array of objects as the header of a results file holds them (`results/README.md`).
 * Throws a UsageError where it is none. Scenarios that stand twice are measured once.
 */
export function scenariosOfFile(file: string): Scenario[] {
  const found = Scenarios.safeParse(readJson(file));
  if (!found.success) {
    const [issue] = found.error.issues;
    throw new UsageError(
      `${visible(file)} is no list of scenarios: ${visible(`${issue?.path.join(".")}: ${issue?.message}`)}`,
      "It is a JSON array of scenarios, as the header of a results file holds them under `scenarios`.",
    );
  }
  return [...new Map(found.data.map((one) => [scenarioKey(one), one])).values()];
}

function readJson(file: string): unknown {
  try {
    const { size } = statSync(file);
    if (size > BYTES_MAX)
      throw new Error(
        `it has ${formatBytes(size)}, and at most ${formatBytes(BYTES_MAX)} are read`,
      );
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UsageError(
      `${visible(file)} cannot be read: ${visible((error as Error).message)}`,
      "Name a JSON file with an array of scenarios.",
    );
  }
}
