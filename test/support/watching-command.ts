import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { CLI } from "./puntbench.js";

/** `puntbench watch` under way. `next` is an interval's report: after the first everything is in place. `total` ends it. */
export function watching(args: readonly string[]) {
  const child = spawn(process.execPath, [CLI, "watch", ...args, "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async next() {
      const { value, done } = await lines.next();
      if (done) throw new Error("the watch has ended");
      return JSON.parse(value);
    },
    async total() {
      child.kill("SIGINT");
      let last = "{}";
      for await (const line of { [Symbol.asyncIterator]: () => lines }) last = line;
      return JSON.parse(last);
    },
  };
}
