/**
 * Progress on stderr, without timers, which would tick inside the measuring process.
 * On a terminal one line is rewritten. Elsewhere only `milestone` prints, each on a new line.
 */
export interface Progress {
  /** Something moved on: shown on a terminal only. */
  step(text: string): void;
  /** Worth a line in a log. */
  milestone(text: string): void;
  /** Removes what `step` left on the terminal. */
  done(): void;
}

const ERASE_LINE = "\r\u001b[2K";

export function stderrProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  const live = stream.isTTY === true;
  return {
    step(text) {
      if (live) stream.write(ERASE_LINE + text.slice(0, Math.max(20, (stream.columns || 80) - 1)));
    },
    milestone(text) {
      stream.write(live ? `${ERASE_LINE}${text}\n` : `${text}\n`);
    },
    done() {
      if (live) stream.write(ERASE_LINE);
    },
  };
}

/** "about 12 s left" from what is done so far; an empty text before the first part is done. */
export function timeLeft(startedAtMs: number, done: number, total: number): string {
  if (done === 0) return "";
  const leftSeconds = (((Date.now() - startedAtMs) / done) * (total - done)) / 1000;
  if (leftSeconds < 90) return `about ${Math.ceil(leftSeconds)} s left`;
  return `about ${Math.ceil(leftSeconds / 60)} min left`;
}
