/** Exit codes of every command; see the README. */
export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  gateCrossed: 3,
  notEnoughData: 4,
  interrupted: 130,
} as const;

/**
 * An error that the user can act on: shown as one line, with the next step, without a stack trace.
 * Anything else that is thrown is a bug of ours and keeps its stack.
 */
export class UserError extends Error {
  override readonly name: string = "UserError";

  constructor(
    message: string,
    readonly remedy: string,
    readonly exitCode: number = EXIT.failure,
  ) {
    super(message);
  }
}

/** The user asked for something that cannot be: exit code 2. */
export class UsageError extends UserError {
  override readonly name = "UsageError";

  constructor(message: string, remedy: string) {
    super(message, remedy, EXIT.usage);
  }
}
