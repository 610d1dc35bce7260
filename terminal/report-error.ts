import { coloursOf } from "./colours.js";
import { EXIT, UserError } from "./errors.js";
import { visibleLines } from "./quote.js";

/** Prints an error on stderr and returns the exit code. Only an error that is a bug shows its stack. */
export function reportError(program: string, error: unknown): number {
  const name = coloursOf(process.stderr).red(`${program}:`);
  if (error instanceof UserError) {
    process.stderr.write(
      `${name} ${visibleLines(error.message)}\n  ${visibleLines(error.remedy)}\n`,
    );
    return error.exitCode;
  }
  process.stderr.write(`${name} internal error, please report it\n${(error as Error).stack}\n`);
  return EXIT.failure;
}
