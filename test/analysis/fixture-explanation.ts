import { appendFileSync } from "node:fs";
import type { Explanation } from "../../results/schema.js";
import { type FixtureRun, scenariosOf } from "./fixture.js";

/** What explain might have seen of each scenario: appending writes punt, at depth because of the lock. Nothing is measured. */
export function explanationsOf(options: FixtureRun, evidence = "it ends at 4096"): Explanation[] {
  return scenariosOf(options)
    .filter(({ arm }) => arm === "inline")
    .map((scenario): Explanation => {
      const writes = 512;
      const extending = ["no-fallocate", "keep-size"].includes(scenario.preparation);
      const unwritten = options.unwrittenPunts && scenario.preparation === "fallocate-0";
      const locked = scenario.queueDepth > 1 ? writes - 12 : 0;
      const causes: Explanation["causes"] = [
        {
          cause: extending ? "extends-size" : "unwritten",
          words: extending ? "the write extends the file" : "the blocks are unwritten",
          punts: writes - locked,
          evidence,
          stack: ["io_queue_iowq"],
          curedBy: "a size",
        },
        {
          cause: "lock-contended",
          words: "the lock was held",
          punts: locked,
          evidence: "down_write_trylock failed",
          stack: null,
          curedBy: null,
        },
      ];
      const punts = extending || unwritten ? writes : 0;
      return {
        type: "explanation",
        scenario,
        skippedReason: null,
        backend: "kprobes",
        cannotSee: [],
        writes,
        punts,
        issuedInline: writes - punts,
        submitterGot: { "-11 (EAGAIN)": punts },
        workerGot: {},
        lostEvents: 0,
        causes: punts > 0 ? causes.filter((cause) => cause.punts > 0) : [],
        predicted: [],
        disagreements: [],
      };
    });
}

export function appendLines(file: string, lines: readonly object[]): void {
  appendFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}
