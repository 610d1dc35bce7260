import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Header, SCHEMA_VERSION } from "../../results/schema.js";
import { gitCommit } from "../../terminal/git-commit.js";
import { packageRoot } from "../../terminal/package-root.js";

/** Sorts by start, and two runs of one second still differ: "20261120T164501Z-1f3a9c". */
function newRunId(now: Date): string {
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, "");
  return `${stamp}-${randomBytes(3).toString("hex")}`;
}

export function toolVersion(): string {
  return JSON.parse(readFileSync(`${packageRoot()}/package.json`, "utf8")).version;
}

type Provenance = Pick<
  Header,
  | "type"
  | "schemaVersion"
  | "runId"
  | "toolVersion"
  | "gitCommit"
  | "startedAt"
  | "kernelLabel"
  | "commandLine"
>;

/** What every header begins with: which run this is, and of which puntbench. The run begins now. */
export function provenance(
  kernelLabel: string,
  commandLine: string[] = process.argv.slice(2),
): Provenance {
  const startedAt = new Date();
  return {
    type: "header",
    schemaVersion: SCHEMA_VERSION,
    runId: newRunId(startedAt),
    toolVersion: toolVersion(),
    gitCommit: gitCommit(),
    startedAt: startedAt.toISOString(),
    kernelLabel,
    commandLine,
  };
}

/** Of a header whose file holds no trials of the bench. */
export const NO_TRIALS = {
  seed: 0,
  rounds: 0,
  scenarios: [],
  instrumentChecks: null,
} satisfies Partial<Header>;
