import { coloursOf } from "./colours.js";
import { EXIT, UserError } from "./errors.js";
import { visibleLines } from "./quote.js";

/** Prints an error on stderr and returns the exit code. Only an error that is a bug of puntbench shows its stack. */
export function reportError(program: string, error: unknown): number {
  const name = coloursOf(process.stderr).red(`${program}:`);
  if (error instanceof UserError) {
    process.stderr.write(
      `${name} ${visibleLines(error.message)}\n  ${visibleLines(error.remedy)}\n`,
    );
    return error.exitCode;
  }
  if (isRefusal(error)) {
    process.stderr.write(
      `${name} the system refused a call: ${visibleLines(error.message)}\n  Look at dmesg, at the limits (ulimit -a) and at the rights of this process.\n`,
    );
    return EXIT.failure;
  }
  process.stderr.write(`${name} internal error, please report it\n${(error as Error).stack}\n`);
  return EXIT.failure;
}

/** What the kernel answered, at a place where no better remedy is known. */
function isRefusal(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error && "errno" in error;
}
