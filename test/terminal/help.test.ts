import assert from "node:assert/strict";
import { test } from "node:test";
import { puntbench } from "../support/puntbench.js";

/** Names in the list "Commands:" of a help text. */
function commandsIn(help: string): string[] {
  const list = help.split("\nCommands:\n")[1]?.split("\n\n")[0] ?? "";
  return [...list.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name as string);
}

async function helpOf(path: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await puntbench([...path, "--help"]);
  assert.deepEqual([code, stderr], [0, ""], path.join(" "));
  return stdout;
}

async function allCommands(): Promise<string[][]> {
  const found: string[][] = [];
  const visit = async (path: string[]): Promise<void> => {
    for (const name of commandsIn(await helpOf(path))) {
      if (name === "help") continue;
      found.push([...path, name]);
      await visit([...path, name]);
    }
  };
  await visit([]);
  return found;
}

test("the help of every command has examples and its exit codes", async () => {
  const commands = await allCommands();
  assert.ok(commands.length >= 19, commands.map((path) => path.join(" ")).join(", "));
  const lacking: string[] = [];
  for (const path of [[], ...commands]) {
    const help = await helpOf(path);
    if (!/\nExamples:\n {2}\$ /.test(help)) lacking.push(`puntbench ${path.join(" ")}: examples`);
    if (!/\nExit codes: 0 /.test(help)) lacking.push(`puntbench ${path.join(" ")}: exit codes`);
  }
  assert.deepEqual(lacking, []);
});
