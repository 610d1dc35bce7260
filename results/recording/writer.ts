import { writeAll } from "../../terminal/write-all.js";
import { type Block, encodeBlock } from "./block.js";
import { encodeFrame, type Frame, SIGNATURE } from "./frames.js";
import type { RecordingLine } from "./schema.js";

/** Writes a recording to an open, empty file. Throws what write(2) fails with; whole frames before that are kept. */
export class RecordingWriter {
  #bytes = 0;

  constructor(readonly fd: number) {
    this.#write(SIGNATURE);
  }

  get bytes(): number {
    return this.#bytes;
  }

  line(line: RecordingLine): void {
    this.#frame({ kind: "line", content: Buffer.from(JSON.stringify(line)) });
  }

  block(block: Block): void {
    this.#frame({ kind: "block", content: encodeBlock(block) });
  }

  #frame(frame: Frame): void {
    this.#write(encodeFrame(frame));
  }

  #write(bytes: Buffer): void {
    writeAll(this.fd, bytes);
    this.#bytes += bytes.length;
  }
}
