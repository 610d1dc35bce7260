import { closeSync, openSync } from "node:fs";
import { loadRecording } from "../../results/recording/reader.js";
import {
  type BlockPlace,
  placeOf,
  type Row,
  rowsInOrder,
} from "../../results/recording/rows-in-order.js";
import { UserError } from "../../terminal/errors.js";
import { writeAll } from "../../terminal/write-all.js";

/** What fio knows of the requests and system calls of a recording: by operation or call. */
const ACTIONS: ReadonlyMap<number, "read" | "write" | "sync"> = new Map([
  [1, "read"], // readv
  [2, "write"], // writev
  [3, "sync"], // fsync
  [4, "read"], // read-fixed
  [5, "write"], // write-fixed
  [22, "read"],
  [23, "write"],
  [257, "write"], // write(2)
  [258, "sync"], // fsync(2)
  [259, "sync"], // fdatasync(2)
]);
const VECTORED = new Set([1, 2]);
/** IORING_OP_FSYNC, and IORING_FSYNC_DATASYNC of its flags. */
const FSYNC = 3;
const DATASYNC = 1;
const FDATASYNC_CALL = 259;
const FLUSH_BYTES = 1 << 16;

/** What was written, and what fio cannot do. */
export interface Exported {
  lines: number;
  /** Requests and system calls that are not in the file. */
  leftOut: number;
  /** Name in the iolog, and the file's own name; null: it is not known. */
  files: { name: string; path: string | null }[];
}

/**
 * Writes a recording as an iolog of fio, version 3: microseconds, file, action, offset, length. The files have names of
 * their own, so that fio does not write to those of the program. `output` must not exist. Throws a UserError.
 */
export function exportIolog(path: string, output: string): Exported {
  const places: BlockPlace[] = [];
  const used = new Set<number>();
  const recording = loadRecording(path, (block, position) => {
    places.push(placeOf(block, position));
    for (let row = 0; row < block.count; row += 1) {
      if (actionOf({ block, row }) !== null) used.add(block.file[row] as number);
    }
  });
  const files = [...used].sort((a, b) => a - b);
  const lines = new Lines(output);
  try {
    lines.add("fio version 3 iolog");
    for (const file of files) lines.add(`0 ${nameOf(file)} add`);
    for (const file of files) lines.add(`0 ${nameOf(file)} open`);
    const exported = addRows(lines, rowsInOrder(path, places));
    for (const file of files) lines.add(`${exported.lastUs} ${nameOf(file)} close`);
    lines.flush();
    const names = files.map((file) => {
      return { name: nameOf(file), path: recording.files.get(file)?.path ?? null };
    });
    return { lines: exported.written, leftOut: exported.leftOut, files: names };
  } finally {
    lines.close();
  }
}

function addRows(lines: Lines, rows: Iterable<Row>) {
  let [written, leftOut, lastUs] = [0, 0, 0];
  for (const row of rows) {
    const action = actionOf(row);
    if (action === null) {
      leftOut += 1;
      continue;
    }
    const { block, row: at } = row;
    lastUs = Math.floor((block.atNs[at] as number) / 1000);
    lines.add(`${lastUs} ${nameOf(block.file[at] as number)} ${action}`);
    written += 1;
  }
  return { written, leftOut, lastUs };
}

/** null: fio has no such action, or the place in the file is not known. */
function actionOf({ block, row }: Row): string | null {
  const operation = block.operation[row] as number;
  const action = ACTIONS.get(operation);
  if (action === undefined || block.file[row] === 0) return null;
  if (action === "sync") {
    const data =
      operation === FDATASYNC_CALL ||
      (operation === FSYNC && ((block.opFlags[row] as number) & DATASYNC) !== 0);
    return `${data ? "datasync" : "sync"} 0 0`;
  }
  const offset = block.offsetBytes[row] as number;
  const length = (VECTORED.has(operation) ? block.result[row] : block.lengthBytes[row]) as number;
  return offset < 0 || length <= 0 ? null : `${action} ${offset} ${length}`;
}

const nameOf = (file: number) => `file-${file}`;

class Lines {
  readonly #fd: number;
  #text = "";

  constructor(readonly path: string) {
    this.#fd = this.#attempt(() => openSync(path, "wx", 0o600));
  }

  add(line: string): void {
    this.#text += `${line}\n`;
    if (this.#text.length >= FLUSH_BYTES) this.flush();
  }

  flush(): void {
    const bytes = Buffer.from(this.#text);
    this.#text = "";
    this.#attempt(() => writeAll(this.#fd, bytes));
  }

  close(): void {
    closeSync(this.#fd);
  }

  #attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw new UserError(
        `${this.path}: ${(error as Error).message}`,
        "Name a new file in a folder that you may write to, with room.",
      );
    }
  }
}
