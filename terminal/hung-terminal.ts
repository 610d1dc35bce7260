import { closeSync, fstatSync, openSync } from "node:fs";
import { isatty } from "node:tty";

/**
 * Node.js aborts at its end when the terminal that it began on has hung up: ResetStdio in its src/node.cc expects that the
 * terminal's modes can be set again. So /dev/null takes the place of such a terminal. Called when the process exits.
 */
export function leaveHungTerminal(): void {
  for (const descriptor of [0, 1, 2]) {
    // In a root without /dev nothing can take its place.
    if (!isHungTerminal(descriptor) || !canOpenNull()) continue;
    closeSync(descriptor);
    // It gets the lowest free number, which is the one just closed.
    openSync("/dev/null", "r+");
  }
}

function canOpenNull(): boolean {
  try {
    closeSync(openSync("/dev/null", "r+"));
    return true;
  } catch {
    return false;
  }
}

/** A terminal that has hung up is a character device that no longer answers as a terminal. /dev/null also is: no harm. */
function isHungTerminal(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice() && !isatty(descriptor);
  } catch {
    // It is closed.
    return false;
  }
}
