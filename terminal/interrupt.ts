import { setMaxListeners } from "node:events";
import { EXIT, UserError } from "./errors.js";

/**
 * Ends the run on SIGINT, SIGTERM or SIGHUP: the trial under way is cancelled and everything cleaned up. A
 * second signal exits at once; the scratch directory is still removed, by its exit handler.
 */
export class Interrupt {
  readonly #remainder: string;
  readonly #controller = new AbortController();
  readonly #handler = (name: NodeJS.Signals) => {
    if (this.signal.aborted) process.exit(EXIT.interrupted);
    this.#controller.abort(new Interrupted(name, this.#remainder));
  };

  /** `remainder` tells the user what an interrupted command leaves. */
  constructor(remainder = "What was measured so far is kept, marked as incomplete.") {
    this.#remainder = remainder;
    // Every trial listens for a moment; Node's leak warning counts them all.
    setMaxListeners(0, this.signal);
    for (const name of SIGNALS) process.on(name, this.#handler);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  dispose(): void {
    for (const name of SIGNALS) process.off(name, this.#handler);
  }
}

export class Interrupted extends UserError {
  constructor(name: NodeJS.Signals, remainder: string) {
    super(`interrupted (${name})`, remainder, EXIT.interrupted);
  }
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
