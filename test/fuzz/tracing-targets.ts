import assert from "node:assert/strict";
import { KernelFunctions } from "../../bench/explain/attribution/kernel-functions.js";
import type { FuzzTarget } from "./target.js";

const kernelSymbols: FuzzTarget = {
  name: "kernel-symbols",
  samples: () => [
    Buffer.from("ffffffff81000000 T _text\nffffffff81000010 t io_queue_iowq\t[io]\n0 D data\n"),
  ],
  check(input) {
    const functions = new KernelFunctions(input);
    for (const address of [0n, 0xffff_ffff_8100_0012n, 2n ** 64n - 1n]) {
      const names = functions.ofStack([address]);
      assert.ok(names.length <= 1 && names.every((name) => name.length > 0));
    }
  },
};

export const TRACING_TARGETS: readonly FuzzTarget[] = [kernelSymbols];
