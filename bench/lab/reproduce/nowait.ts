import { z } from "zod";
import { NOWAIT_KERNEL, type PublishedAnswer } from "./published.js";

/** Interfaces that take RWF_NOWAIT, besides io_uring. */
const ORACLES = ["pwritev2", "libaio"] as const;

/** One answer of a kernel to a non-blocking write, beside the published one. */
export interface NowaitCell {
  kernel: string;
  preparation: string;
  oracle: (typeof ORACLES)[number];
  published: string;
  measured: string;
  agrees: boolean;
}

/** The part of `puntbench probe --json` that is compared. */
const ProbeOutput = z.object({
  preparations: z.array(
    z.object({
      preparation: z.string(),
      oracles: z.object({ pwritev2: z.string().nullable(), libaio: z.string().nullable() }),
    }),
  ),
});

/** Compares what the probe printed in the guest with the published answers. */
export function nowaitCells(
  published: readonly PublishedAnswer[],
  probeOutput: string,
): NowaitCell[] {
  const { preparations } = ProbeOutput.parse(JSON.parse(probeOutput));
  return published.flatMap(({ preparation, answer }) =>
    ORACLES.map((oracle) => {
      const found = preparations.find((one) => one.preparation === preparation);
      const measured = found?.oracles[oracle] ?? "no answer";
      const agrees = measured === answer;
      return { kernel: NOWAIT_KERNEL, preparation, oracle, published: answer, measured, agrees };
    }),
  );
}
