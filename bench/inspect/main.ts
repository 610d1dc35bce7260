import { loadDriver } from "../../native/index.js";
import { UsageError } from "../../terminal/errors.js";
import { jsonLine } from "../../terminal/quote.js";
import { parseBytes } from "../../terminal/units.js";
import { inspect } from "./inspect.js";
import { printed } from "./print.js";

export interface InspectOptions {
  blockSize: string;
  json?: boolean;
}

/** `puntbench inspect`: looks, and prints. */
export function main(file: string, options: InspectOptions): void {
  const blockSizeBytes = parseBytes(options.blockSize, "--block-size");
  if (blockSizeBytes < 512 || blockSizeBytes % 512 !== 0) {
    throw new UsageError(
      `--block-size ${options.blockSize}: not a multiple of 512 bytes`,
      "Choose the size of your writes, like 4096 or 8k.",
    );
  }
  const inspection = inspect(loadDriver(), file, blockSizeBytes);
  process.stdout.write(options.json ? `${jsonLine(inspection)}\n` : printed(inspection));
}
