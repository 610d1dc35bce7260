import { Command, CommanderError } from "commander";
import { UsageError } from "../../terminal/errors.js";
import { withExplainOptions } from "../explain/command.js";
import { parseExplainOptions, type RawExplainOptions } from "../explain/options.js";
import { jobFileText, readJobFile } from "../fio/job-file.js";
import { withReplayOptions } from "../replay/command.js";
import { parseReplayOptions, type RawReplayOptions } from "../replay/options.js";
import { chosenScenarios } from "../run/chosen-scenarios.js";
import { withBenchOptions } from "../run/command.js";
import { parseOptions } from "../run/options.js";
import { withStreamOptions } from "../run/stream-options.js";
import type { GuestInput } from "./image/job.js";
import type { GuestCommand } from "./session/settings.js";

/** What the options say about the command. */
export interface CheckedOptions {
  /** Sentences to print before the guests start. */
  about: string[];
  /** The job file of --fio: guests have neither the files that it includes nor this machine's environment. */
  input: GuestInput | null;
}

/**
 * Checks the options that a guest's command will get, by that command's own rules. Throws a UsageError, so that a wrong
 * option costs no download and no boot.
 */
export function checkGuestOptions({ name, options }: GuestCommand): CheckedOptions {
  if (name === "replay") {
    parseReplayOptions(rawOptions<RawReplayOptions>(withReplayOptions(new Command()), options));
    return { about: [], input: null };
  }
  const explained = name === "explain";
  const command = explained
    ? withExplainOptions(new Command())
    : withStreamOptions(withBenchOptions(new Command()));
  const raw = rawOptions<RawExplainOptions>(command, options);
  const { about } = explained
    ? parseExplainOptions(raw, command)
    : chosenScenarios(raw, parseOptions(raw), command);
  if (raw.fio === undefined) return { about, input: null };
  return { about, input: { text: jobFileText(readJobFile(raw.fio, process.env)) } };
}

/** The texts of the options, as commander reads them. It refuses what it does not know. */
function rawOptions<Raw extends object>(command: Command, options: readonly string[]): Raw {
  command.exitOverride().configureOutput({ writeErr() {}, writeOut() {} });
  try {
    return command.parse(options, { from: "user" }).opts<Raw>();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new UsageError(
      error.message.replace(/^error: /, "").split("\n")[0] as string,
      "`puntbench lab --help` lists the lab's options, `puntbench bench --help` those of the bench.",
    );
  }
}
