import { statSync } from "node:fs";
import { createInterface } from "node:readline";
import { ScratchDirectory } from "../../../bench/environment/scratch.js";
import { systemUnderTest } from "../../../bench/explain/check.js";
import { inject } from "../../../bench/explain/injected/inject.js";
import { CannotInject } from "../../../bench/explain/injected/injected-cause.js";
import { INJECTED_CAUSES } from "../../../bench/explain/injected/injected-causes.js";
import { loadDriver } from "../../../native/index.js";

/*
 * A program that writes files which punt for known reasons: node planted-causes.js DIRECTORY. For each cause it prints
 * a JSON line before its writes and one after them, and waits for a line on its standard input after each.
 */
const driver = loadDriver();
const scratch = new ScratchDirectory(process.argv[2] as string);
const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const { signal } = new AbortController();

async function say(line: object): Promise<void> {
  process.stdout.write(`${JSON.stringify(line)}\n`);
  await answers.next();
}

try {
  const system = systemUnderTest(driver, scratch);
  const pathOf = (file: string) => scratch.file(file);
  for (const injected of INJECTED_CAUSES) {
    const expected = injected.expected(system);
    if (expected === null) continue;
    try {
      await inject({ driver, system, pathOf, signal }, injected, async (request) => {
        const { ino } = statSync(request.path);
        await say({ about: "writes", plant: injected.name, expected, inode: ino });
        await driver.runTrial({ ...request, existingFile: true }, signal);
        await say({ about: "written", plant: injected.name, expected, inode: ino });
        return [];
      });
    } catch (error) {
      if (!(error instanceof CannotInject)) throw error;
    }
  }
} finally {
  scratch.remove();
  process.exit();
}
