import { UserError } from "../../../terminal/errors.js";
import { printable } from "../../../terminal/quote.js";
import { withLabContext } from "../host/context.js";
import { requireLabTools } from "../host/programs.js";
import { type ReproducedCell, reproduce, reproductionJson } from "./cells.js";
import { measurePublished } from "./measure.js";
import { type NowaitCell, nowaitCells } from "./nowait.js";
import { PUBLISHED, PUBLISHED_NOWAIT } from "./published.js";
import { reproductionText } from "./text.js";

export interface RawReproduceOptions {
  json?: boolean;
  out?: string;
  mirror?: string;
  accelerator: string;
}

/** `puntbench reproduce`: the published experiments, run again in guests, beside their published table. */
export async function main(raw: RawReproduceOptions): Promise<void> {
  requireLabTools();
  const { trials, returned, probed } = await withLabContext((context) =>
    measurePublished(context, raw),
  );
  const cells = reproduce(PUBLISHED, trials);
  const nowait = nowaitCells(PUBLISHED_NOWAIT, probed);
  const text = raw.json
    ? `${JSON.stringify(reproductionJson(cells, nowait, returned))}\n`
    : reproductionText(cells, nowait, returned);
  process.stdout.write(printable(text));
  const differing = [...cells, ...nowait].filter((cell) => !cell.agrees).map(describe);
  if (differing.length > 0) {
    throw new UserError(
      `not reproduced: ${differing.join("; ")}`,
      "Kernels change within a series: look at the package version above and at `puntbench lab --shell`.",
    );
  }
}

function describe(cell: ReproducedCell | NowaitCell): string {
  const how = "oracle" in cell ? ` with ${cell.oracle}` : "";
  const { preparation, kernel, published, measured } = cell;
  return `${preparation} on ${kernel}${how} (published ${published}, measured ${printable(measured)})`;
}
