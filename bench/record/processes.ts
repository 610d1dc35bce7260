import { readFileSync } from "node:fs";
import type { RecordedRing, RecordedThread } from "../../results/recording/schema.js";

/** Gives each ring and thread its index, and describes it at its first sight. */
export class RingsAndThreads {
  readonly #rings = new Map<number, number>();
  readonly #threads = new Map<number, number>();

  constructor(readonly use: (line: RecordedRing | RecordedThread) => void) {}

  get rings(): number {
    return this.#rings.size;
  }

  ring(address: number, process: number, flags: number): number {
    const known = this.#rings.get(address);
    if (known !== undefined) return known;
    const index = this.#rings.size + 1;
    this.#rings.set(address, index);
    this.use({ type: "ring", index, process, flags });
    return index;
  }

  thread(id: number, process: number): number {
    const known = this.#threads.get(id);
    if (known !== undefined) return known;
    const index = this.#threads.size + 1;
    this.#threads.set(id, index);
    this.use({ type: "thread", index, process, thread: id, name: threadName(process, id) });
    return index;
  }
}

/** null when it has ended. */
function threadName(process: number, thread: number): string | null {
  try {
    return readFileSync(`/proc/${process}/task/${thread}/comm`, "utf8").trimEnd();
  } catch {
    return null;
  }
}
