import picocolors from "picocolors";

/** Colours for a stream: only for a terminal, and not where NO_COLOR is set or TERM is "dumb". */
export function coloursOf(stream: NodeJS.WriteStream): ReturnType<typeof picocolors.createColors> {
  return picocolors.createColors(stream.isTTY === true && stream.hasColors());
}
