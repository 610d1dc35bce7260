import assert from "node:assert/strict";
import { test } from "node:test";
import { checkMemory } from "../../../bench/run/preflight.js";
import type { Scenario } from "../../../results/schema.js";
import { UsageError } from "../../../terminal/errors.js";

const scenario = (fileSizeBytes: number) => [{ fileSizeBytes, blockSizeBytes: 4096 } as Scenario];

test("a file whose records do not fit into memory is refused before anything is allocated", () => {
  checkMemory(scenario(2 ** 30), 2 ** 30);
  assert.throws(() => checkMemory(scenario(2 ** 43), 2 ** 33), UsageError);
});
