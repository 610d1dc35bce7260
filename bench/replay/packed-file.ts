import { closeSync, constants, openSync } from "node:fs";
import { UserError } from "../../terminal/errors.js";
import { writeAll } from "../../terminal/write-all.js";

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
const STRUCTURES_AT_ONCE = 4096;

/** Structures for the driver, in a new file: there may be more of them than memory holds. */
export class PackedFile {
  readonly #fd: number;
  readonly #buffer: Buffer;
  count = 0;

  constructor(
    readonly path: string,
    readonly structureBytes: number,
  ) {
    this.#fd = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    this.#buffer = Buffer.alloc(STRUCTURES_AT_ONCE * structureBytes);
  }

  /** `pack` puts one structure into the buffer, at this index. Throws a UserError where the disk is full. */
  add(pack: (into: Buffer, index: number) => void): void {
    const index = this.count % STRUCTURES_AT_ONCE;
    pack(this.#buffer, index);
    this.count += 1;
    if (index + 1 === STRUCTURES_AT_ONCE) this.#write(STRUCTURES_AT_ONCE);
  }

  close(): void {
    this.#write(this.count % STRUCTURES_AT_ONCE);
    closeSync(this.#fd);
  }

  #write(structures: number): void {
    try {
      writeAll(this.#fd, this.#buffer.subarray(0, structures * this.structureBytes));
    } catch (error) {
      throw new UserError(
        `${this.path}: ${(error as Error).message}`,
        "The plan of a replay takes 40 bytes for each request: name another directory with --dir.",
      );
    }
  }
}
