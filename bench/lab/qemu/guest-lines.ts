import type { Readable } from "node:stream";
import { printable } from "../../../terminal/quote.js";

/** A guest may send anything. What is longer than this is no line that a person reads. */
export const LINE_CHARACTERS_MAX = 4096;

/** Of one stream. Guests send some kB; a guest that sends more only keeps the lab busy. */
export const STREAM_CHARACTERS_MAX = 16 << 20;

/**
 * Calls `listener` with each line of a stream that a guest writes. Long lines are cut, so that memory stays bounded,
 * and nothing in a line acts on the terminal. What comes after `STREAM_CHARACTERS_MAX` is dropped.
 */
export function onGuestLine(stream: Readable, listener: (line: string) => void): void {
  let pending = "";
  let received = 0;
  const send = (line: string) => listener(printable(line.slice(0, LINE_CHARACTERS_MAX)));
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    received += chunk.length;
    if (received > STREAM_CHARACTERS_MAX) return;
    const lines = (pending + chunk).split("\n");
    pending = (lines.pop() as string).slice(0, LINE_CHARACTERS_MAX);
    for (const line of lines) send(line);
  });
  stream.on("end", () => {
    if (pending !== "") send(pending);
  });
}
