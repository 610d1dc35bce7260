import { readFileSync } from "node:fs";

const NEW_LINE = 10;
const SPACE = 32;
// Kinds of symbols: T and t.
const FUNCTION = 0x54;
const LOCAL_FUNCTION = 0x74;
const DIGITS_OF_HALF = 8;
/** The value of each byte as a digit; NaN: it is none. */
const HEXADECIMAL = Array.from({ length: 256 }, (_, byte) =>
  Number.parseInt(String.fromCharCode(byte), 16),
);

/**
 * Names of the kernel's functions by address. There are some hundred thousand, and an emulated CPU is to read them in a moment:
 * numbers in typed arrays, and no object for any of them. An address is two numbers, its upper and lower 32 bits.
 */
export class KernelFunctions {
  /** Ascending. */
  readonly #upper: Uint32Array;
  readonly #lower: Uint32Array;
  readonly #namesAt: Uint32Array;
  readonly #known = new Map<bigint, string>();

  /** @param symbols as /proc/kallsyms has them. */
  constructor(readonly symbols: Buffer) {
    const uppers: number[] = [];
    const lowers: number[] = [];
    const namesAt: number[] = [];
    for (let line = 0; line < symbols.length; line = endOfLine(symbols, line) + 1) {
      const space = symbols.indexOf(SPACE, line);
      const kind = symbols[space + 1];
      if (kind !== FUNCTION && kind !== LOCAL_FUNCTION) continue;
      const middle = Math.max(line, space - DIGITS_OF_HALF);
      const upper = hexadecimal(symbols, line, middle);
      const lower = hexadecimal(symbols, middle, space);
      // A name follows: a byte that is neither a blank nor the end of the line.
      if ((symbols[space + 3] ?? 0) <= SPACE || !(upper < 2 ** 32 && lower < 2 ** 32)) continue;
      uppers.push(upper);
      lowers.push(lower);
      namesAt.push(space + 3);
    }
    const order = namesAt.map((_, index) => index);
    const inOrder = (values: readonly number[]) => order.map((index) => values[index] as number);
    const difference = (values: readonly number[], a: number, b: number) =>
      (values[a] as number) - (values[b] as number);
    order.sort((a, b) => difference(uppers, a, b) || difference(lowers, a, b));
    this.#upper = Uint32Array.from(inOrder(uppers));
    this.#lower = Uint32Array.from(inOrder(lowers));
    this.#namesAt = Uint32Array.from(inOrder(namesAt));
  }

  /** Innermost first, without the frames of the tracing itself. */
  ofStack(stack: readonly bigint[]): string[] {
    const names = stack.map((address) => this.#nameOf(address));
    const lastOfTracing = names.findLastIndex((name) => /trace_|^__traceiter|^bpf_/.test(name));
    return names.slice(lastOfTracing + 1);
  }

  /** The function that holds an address. Programs punt on few paths, so that the same addresses come again. */
  #nameOf(address: bigint): string {
    const known = this.#known.get(address);
    if (known !== undefined) return known;
    const name = this.#find(address);
    if (this.#known.size < 10_000) this.#known.set(address, name);
    return name;
  }

  #find(address: bigint): string {
    const upper = Number(address >> 32n);
    const lower = Number(address & 0xffff_ffffn);
    let low = 0;
    let high = this.#namesAt.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const difference =
        (this.#upper[middle] as number) - upper || (this.#lower[middle] as number) - lower;
      if (difference <= 0) low = middle + 1;
      else high = middle;
    }
    const nameAt = this.#namesAt[low - 1];
    if (nameAt === undefined) return `0x${address.toString(16)}`;
    const name = this.symbols.toString("latin1", nameAt, endOfLine(this.symbols, nameAt));
    // The name of a module may follow, behind a tab.
    return name.split(/[\t ]/, 1)[0] as string;
  }
}

function endOfLine(text: Buffer, from: number): number {
  const end = text.indexOf(NEW_LINE, from);
  return end === -1 ? text.length : end;
}

/** NaN where a byte is no digit; 0 without any. */
function hexadecimal(text: Buffer, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) {
    value = value * 16 + (HEXADECIMAL[text[at] as number] as number);
  }
  return value;
}

/** Those of the running kernel. Their addresses are only shown to root. */
export function kernelFunctions(): KernelFunctions {
  return new KernelFunctions(readFileSync("/proc/kallsyms"));
}
