import type { ReadStream, WriteStream } from "node:tty";
import { coloursOf } from "../../terminal/colours.js";
import { wrapWords } from "../../terminal/wrap.js";
import { closingLines, processBlocks } from "./print.js";
import type { Report } from "./report.js";
import { BY_COST, SORTINGS, type Sorting, sorted } from "./sorting.js";

/** ECMA-48: the cursor to the first line; to clear the rest of a line, and the rest of the screen. */
const HOME = "\u001b[H";
const CLEAR_LINE = "\u001b[K";
const CLEAR_BELOW = "\u001b[J";
const CTRL_C = "\u0003";

/** A terminal whose table is drawn again in place, and whose keys choose the order of the rows. */
export class Screen {
  readonly #ended = new AbortController();
  readonly #onKeys = (keys: Buffer) => this.#press(keys.toString());
  readonly #redraw = () => this.#draw();
  #sorting: Sorting = BY_COST;
  #report: Report | null = null;

  /** `input` is null where keys cannot be read, as when stdin is a file. */
  constructor(
    readonly output: WriteStream,
    readonly input: ReadStream | null,
    readonly limit: number,
  ) {
    output.on("resize", this.#redraw);
    input?.setRawMode(true);
    input?.on("data", this.#onKeys);
  }

  /** Aborted when a key ends the watch. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  show(report: Report): void {
    this.#report = report;
    this.#draw();
  }

  /** Gives the terminal back as it was. */
  close(): void {
    this.output.off("resize", this.#redraw);
    this.input?.off("data", this.#onKeys);
    this.input?.setRawMode(false);
    this.input?.pause();
  }

  #press(keys: string): void {
    for (const key of keys) {
      if (key === "q" || key === CTRL_C) this.#ended.abort();
      this.#sorting = SORTINGS.find((sorting) => sorting.key === key) ?? this.#sorting;
    }
    this.#draw();
  }

  #draw(): void {
    if (this.#report === null || this.#ended.signal.aborted) return;
    const { columns, rows } = this.output;
    const lines = screenLines(this.#report, this.#sorting, {
      limit: this.limit,
      width: columns,
      height: rows - 1,
    });
    const keys = this.input === null ? "Ctrl-C: end" : keysLine(this.#sorting);
    const { dim } = coloursOf(this.output);
    // Written over the old table: a screen that is cleared first flickers.
    const text = [...lines, dim(keys.slice(0, columns))].join(`${CLEAR_LINE}\n`);
    this.output.write(`${HOME}${text}${CLEAR_LINE}${CLEAR_BELOW}`);
  }
}

function keysLine(chosen: Sorting): string {
  const keys = SORTINGS.map(({ key, name }) => `${key} ${name}${name === chosen.name ? "*" : ""}`);
  return `sort: ${keys.join("  ")}   q quit`;
}

/** At most `height` lines of at most `width` characters; the last ones say what workers do. */
export function screenLines(
  report: Report,
  sorting: Sorting,
  { limit, width, height }: { limit: number; width: number; height: number },
): string[] {
  const ordered = { ...report, observations: sorted(report.observations, sorting) };
  const body = processBlocks(ordered, { limit, width }).split("\n");
  const foot = ["", ...closingLines(report).flatMap((line) => wrapWords(line, width))];
  const place = Math.max(1, height - foot.length);
  const shown = body.length <= place ? body : [...body.slice(0, place - 1), "..."];
  return [...shown, ...foot].slice(0, height).map((line) => cut(line, width));
}

function cut(line: string, width: number): string {
  return line.length <= width ? line : `${line.slice(0, Math.max(0, width - 1))}…`;
}
