/** Longest request: a hostile recording must not take all memory. */
export const LENGTH_MAX = 64 << 20;
export const PIECE_BYTES = 1 << 20;

/** 4 TiB: more space is refused anyway, and the numbers of more pieces would fill the memory. */
const PIECES_MAX = 1 << 22;

/** Which parts of the recorded files requests and system calls reach: these must be there, and may take space. */
export class Touched {
  /** By file of the recording: numbers of the pieces. */
  readonly pieces = new Map<number, Set<number>>();
  readonly endBytes = new Map<number, number>();
  /** At the end of a file or at its position, and longer than any request: each may take new space. */
  addedBytes = 0;
  #count = 0;

  note(file: number, offsetBytes: number, lengthBytes: number): void {
    if (lengthBytes > LENGTH_MAX || this.#count > PIECES_MAX) {
      this.addedBytes += lengthBytes;
      return;
    }
    const pieces = this.pieces.get(file) ?? new Set<number>();
    this.pieces.set(file, pieces);
    this.#count -= pieces.size;
    const end = offsetBytes + lengthBytes;
    for (let piece = Math.floor(offsetBytes / PIECE_BYTES); piece * PIECE_BYTES < end; piece += 1) {
      pieces.add(piece);
    }
    this.#count += pieces.size;
    this.endBytes.set(file, Math.max(this.endBytes.get(file) ?? 0, end));
  }

  /** Most space that the requests can take. */
  bytes(): number {
    return this.#count * PIECE_BYTES + this.addedBytes;
  }
}
