/** One reader of bytes. */
export interface FuzzTarget {
  name: string;
  /** Valid inputs, from which others are made by small changes. */
  samples(): Buffer[];
  /** Reads an input. Throws when a promise is broken; errors that the reader documents are caught here. */
  check(input: Buffer): void;
}

/** Runs a reader that may refuse its input by an Error whose message matches. */
export function mayRefuse(message: RegExp, read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!message.test((error as Error).message)) throw error;
  }
}
