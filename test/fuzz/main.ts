import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { EXIT, UsageError } from "../../terminal/errors.js";
import { packageRoot } from "../../terminal/package-root.js";
import { reportError } from "../../terminal/report-error.js";
import { type Broken, fuzz } from "./run.js";
import type { FuzzTarget } from "./target.js";
import { TARGETS } from "./targets.js";

interface Options {
  inputs: string;
  seed: string;
  target?: string;
}

function parsed(): Options {
  return new Command("test:fuzz")
    .description("Gives changed inputs to every reader of bytes that is written in TypeScript.")
    .option("--inputs <count>", "for each target", "1000000")
    .option("--seed <number>", "decides the inputs", "1")
    .option("--target <names>", "only these, separated by commas")
    .addHelpText("after", "\nExit codes: 0 no promise broken, 1 broken, 2 usage.")
    .parse()
    .opts<Options>();
}

function chosen({ target }: Options): readonly FuzzTarget[] {
  if (target === undefined) return TARGETS;
  const names = target.split(",");
  const unknown = names.find((name) => !TARGETS.some((known) => known.name === name));
  if (unknown === undefined) return TARGETS.filter(({ name }) => names.includes(name));
  const known = TARGETS.map(({ name }) => name).join(", ");
  throw new UsageError(`--target ${unknown}: there is no such target`, `There are: ${known}.`);
}

/** Writes the input where a later run finds it, and says what it broke. */
function keep({ name }: FuzzTarget, { input, error }: Broken): void {
  const folder = join(packageRoot(), "dist", "fuzz", name);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `input-${Date.now()}`);
  writeFileSync(file, input);
  process.stdout.write(`  ${error.stack}\n  the input is ${file}\n`);
}

function main(): number {
  const options = parsed();
  const [inputs, seed] = [Number(options.inputs), Number(options.seed)];
  if (!Number.isSafeInteger(inputs) || inputs < 1 || !Number.isSafeInteger(seed)) {
    throw new UsageError("--inputs and --seed are whole numbers", "Write --inputs 1000000.");
  }
  let broken = 0;
  for (const target of chosen(options)) {
    const startedMs = Date.now();
    const found = fuzz(target, inputs, seed);
    const seconds = ((Date.now() - startedMs) / 1000).toFixed(0);
    const outcome = found ? "BROKEN" : "ok";
    process.stdout.write(`${target.name.padEnd(18)} ${inputs} inputs  ${seconds} s  ${outcome}\n`);
    if (found === null) continue;
    broken += 1;
    keep(target, found);
  }
  return broken > 0 ? EXIT.failure : EXIT.ok;
}

try {
  process.exitCode = main();
} catch (error) {
  process.exitCode = reportError("test:fuzz", error);
}
