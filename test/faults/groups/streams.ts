import { join } from "node:path";
import { packageRoot } from "../../../terminal/package-root.js";
import { EVERY_COMMAND } from "../every-command.js";
import type { FaultCase, FaultGroup } from "../group.js";
import { cannotRunLab } from "../lab-template.js";
import type { Place } from "../place.js";

const HANG_UP = join(packageRoot(), "test", "faults", "programs", "hang-up.py");

/** Words before a command that spoil its streams. */
const SPOILED: { [name: string]: (place: Place) => string[] } = {
  "stdout closed": () => redirected(">&-"),
  "stderr closed": () => redirected("2>&-"),
  "both closed": () => redirected(">&- 2>&-"),
  "stdout full": () => redirected(">/dev/full"),
  "both full": () => redirected(">/dev/full 2>/dev/full"),
  "terminal hangs up": ({ random }) => ["python3", HANG_UP, (random() * 1.5).toFixed(3)],
};

function redirected(redirections: string): string[] {
  return ["sh", "-c", `exec "$0" "$@" ${redirections}`];
}

function spoiledCase(command: string, how: string): FaultCase {
  return {
    name: `${command}, ${how}`,
    async run(place) {
      const args = EVERY_COMMAND[command]?.(place) ?? [];
      const ending = await place.run(args, { prefix: SPOILED[how]?.(place) ?? [] });
      if (how !== "terminal hangs up") return { endings: [ending] };
      // The program on the terminal was ended by SIGHUP (129), where it had nothing to remove, or by its own exit code.
      const code = ending.code === 0 ? Number(ending.stdout) : null;
      return { endings: [{ ...ending, code: code === 129 ? 130 : code }] };
    },
  };
}

export const streams: FaultGroup = {
  name: "streams",
  promise: "stdout or stderr is closed or full, or the terminal hangs up, in every command",
  cannotRun: cannotRunLab,
  atOnce: 1,
  secondRunEvery: 12,
  cases: Object.keys(SPOILED).flatMap((how) =>
    Object.keys(EVERY_COMMAND).map((command) => spoiledCase(command, how)),
  ),
};
