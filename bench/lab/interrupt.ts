import { setMaxListeners } from "node:events";
import { EXIT, UserError } from "../../terminal/errors.js";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs work that a signal aborts. Guests are ended and the session's folder is removed on the way
 * out; a second signal exits at once, and exit handlers still clean up.
 */
export async function interruptible<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const handler = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort(
      new UserError(
        `interrupted (${name})`,
        "Guests were ended; results files that had arrived are kept.",
        EXIT.interrupted,
      ),
    );
  };
  for (const name of SIGNALS) process.on(name, handler);
  try {
    return await work(controller.signal);
  } finally {
    for (const name of SIGNALS) process.off(name, handler);
  }
}
