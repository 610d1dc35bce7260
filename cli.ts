#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { benchCommand } from "./bench/command.js";
import { EXIT, UserError } from "./terminal/errors.js";
import { packageRoot } from "./terminal/package-root.js";

/** Composes the commands; each loads what it needs only when it runs, so that `--help` stays quick. */
function program(): Command {
  const manifest = JSON.parse(readFileSync(`${packageRoot()}/package.json`, "utf8"));
  return new Command("puntbench")
    .description(manifest.description)
    .version(manifest.version)
    .addCommand(benchCommand());
}
await program().parseAsync();
