#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { atlasCommand } from "./analysis/atlas/command.js";
import type { LookAtHost } from "./analysis/atlas/options.js";
import { compareCommand } from "./analysis/comparison/command.js";
import { exportCommand } from "./analysis/export/command.js";
import { fleetCommand } from "./analysis/fleet/command.js";
import { planCommand } from "./analysis/plan/command.js";
import { reportCommand } from "./analysis/report/command.js";
import { atlasBuildCommand, atlasCheckCommand } from "./bench/atlas/command.js";
import { doctorCommand } from "./bench/doctor/command.js";
import { explainCommand } from "./bench/explain/command.js";
import type { EstimateSavings } from "./bench/explain/main.js";
import { inspectCommand } from "./bench/inspect/command.js";
import { labCommand } from "./bench/lab/command.js";
import type { RawLabOptions } from "./bench/lab/options.js";
import { reproduceCommand } from "./bench/lab/reproduce/command.js";
import { probeCommand } from "./bench/probe/command.js";
import { recordCommand } from "./bench/record/command.js";
import { replayCommand } from "./bench/replay/command.js";
import { benchCommand } from "./bench/run/command.js";
import { watchCommand } from "./bench/watch/command.js";
import { workloadsCommand } from "./bench/workloads/command.js";
import { EXIT, UserError } from "./terminal/errors.js";
import { leaveHungTerminal } from "./terminal/hung-terminal.js";
import { packageRoot } from "./terminal/package-root.js";
import { reportError } from "./terminal/report-error.js";

const EXAMPLES = `
Examples:
  $ puntbench probe .                            does a write punt here?
  $ puntbench atlas ext4 append --kernel 6.1     and on another kernel?
  $ puntbench bench --quick                      what does it cost here?
  $ puntbench lab --kernels 6.1,6.12 --quick     what do other kernels do?
  $ puntbench report                             show it

Exit codes: 0 ok, 1 failure, 2 usage, 3 a gate was crossed, 4 a figure cannot be told, 130 interrupted.`;

/** Composes the commands. Each loads its code only when it runs, so that `--help` is quick. */
function program(): Command {
  const manifest = JSON.parse(readFileSync(`${packageRoot()}/package.json`, "utf8"));
  const root = new Command("puntbench")
    .description(manifest.description)
    .version(manifest.version)
    .addHelpText("after", EXAMPLES);
  // Options after a command belong to that command, also where a command has commands (`lab kernels`).
  root.enablePositionalOptions();
  const commands: Command[] = [
    benchCommand(),
    workloadsCommand(),
    probeCommand(),
    explainCommand(estimateSavings),
    inspectCommand(),
    watchCommand(),
    recordCommand(),
    replayCommand(),
    doctorCommand(),
    reportCommand(),
    compareCommand(),
    planCommand(),
    exportCommand(),
    fleetCommand(),
    labCommand(holdAgainstAtlas),
    atlasCommand(lookAtHost)
      .addCommand(atlasBuildCommand().exitOverride())
      .addCommand(atlasCheckCommand().exitOverride()),
    reproduceCommand(),
  ];
  for (const command of commands) root.addCommand(command);
  for (const command of [root, ...root.commands]) {
    command.exitOverride().showHelpAfterError("(add --help for the options and examples)");
  }
  return root;
}

/** For `lab --expect`. */
async function holdAgainstAtlas(options: RawLabOptions & { expect: string }): Promise<void> {
  const { main } = await import("./bench/atlas/expect.js");
  await main(options);
}

/** For `atlas`: what this machine is, in the words of the atlas. */
const lookAtHost: LookAtHost = async (directory) => {
  const { thisHost } = await import("./bench/atlas/this-host.js");
  return thisHost(directory);
};

/** For `explain`: what the timed trials in a results file say that a cure would save. */
const estimateSavings: EstimateSavings = async (resultsFile) => {
  const { analyse } = await import("./analysis/loading/analysis.js");
  const { cureSavings, cureSavingWords } = await import("./analysis/estimates/cure-saving.js");
  const savings = cureSavings((await analyse([resultsFile])).cells);
  return savings.map((saving) => ({ ...saving, words: cureSavingWords(saving) }));
};

/** Commander has printed its errors already; all others are printed here. */
function exitCodeOf(error: unknown): number {
  if (!(error instanceof CommanderError)) return reportError("puntbench", error);
  return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
}

// `puntbench ... | head` closes the pipe early, which is no error. A full disk is one.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT.ok);
  const remedy = "Free space there, or send the output elsewhere.";
  const unwritten = new UserError(`standard output cannot be written (${error.code})`, remedy);
  process.exit(reportError("puntbench", unwritten));
});
// Where stderr cannot be written, nothing can be said about it. The work itself goes on.
process.stderr.on("error", () => {});
process.on("exit", leaveHungTerminal);

try {
  await program().parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
