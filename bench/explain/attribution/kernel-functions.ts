import { readFileSync } from "node:fs";

/** Names of the kernel's functions by address. */
export class KernelFunctions {
  readonly #addresses: BigUint64Array;
  readonly #names: string[];

  /** @param symbols as /proc/kallsyms has them. */
  constructor(symbols: string) {
    const found: [bigint, string][] = [];
    for (const [, address = "", name = ""] of symbols.matchAll(/^([0-9a-f]+) [tT] (\S+)/gm)) {
      found.push([BigInt(`0x${address}`), name]);
    }
    found.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    this.#addresses = BigUint64Array.from(found, ([address]) => address);
    this.#names = found.map(([, name]) => name);
  }

  /** Innermost first, without the frames of the tracing itself. */
  ofStack(stack: readonly bigint[]): string[] {
    const names = stack.map((address) => this.#nameOf(address));
    const lastOfTracing = names.findLastIndex((name) => /trace_|^__traceiter|^bpf_/.test(name));
    return names.slice(lastOfTracing + 1);
  }

  /** The function that holds an address. */
  #nameOf(address: bigint): string {
    let low = 0;
    let high = this.#addresses.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#addresses[middle] as bigint) <= address) low = middle + 1;
      else high = middle;
    }
    return this.#names[low - 1] ?? `0x${address.toString(16)}`;
  }
}

/** Those of the running kernel. Their addresses are only shown to root. */
export function kernelFunctions(): KernelFunctions {
  return new KernelFunctions(readFileSync("/proc/kallsyms", "latin1"));
}
