import { readFileSync } from "node:fs";

const NEW_LINE = 10;
const SPACE = 32;
// Kinds of symbols: T and t.
const FUNCTION = 0x54;
const LOCAL_FUNCTION = 0x74;

/**
 * Names of the kernel's functions by address. There are some hundred thousand: they stay outside of JavaScript's heap,
 * where each collection would walk over them.
 */
export class KernelFunctions {
  /** Ascending. */
  readonly #addresses: BigUint64Array;
  readonly #namesAt: Uint32Array;
  readonly #known = new Map<bigint, string>();

  /** @param symbols as /proc/kallsyms has them. */
  constructor(readonly symbols: Buffer) {
    const found: { address: bigint; nameAt: number }[] = [];
    for (let line = 0; line < symbols.length; line = endOfLine(symbols, line) + 1) {
      const space = symbols.indexOf(SPACE, line);
      const kind = symbols[space + 1];
      if (kind !== FUNCTION && kind !== LOCAL_FUNCTION) continue;
      const digits = symbols.toString("latin1", line, space);
      // A name follows: a byte that is neither a blank nor the end of the line.
      if ((symbols[space + 3] ?? 0) > SPACE && /^[0-9a-f]{1,16}$/.test(digits)) {
        found.push({ address: BigInt(`0x${digits}`), nameAt: space + 3 });
      }
    }
    found.sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
    this.#addresses = BigUint64Array.from(found, ({ address }) => address);
    this.#namesAt = Uint32Array.from(found, ({ nameAt }) => nameAt);
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
    let low = 0;
    let high = this.#addresses.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#addresses[middle] as bigint) <= address) low = middle + 1;
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

/** Those of the running kernel. Their addresses are only shown to root. */
export function kernelFunctions(): KernelFunctions {
  return new KernelFunctions(readFileSync("/proc/kallsyms"));
}
