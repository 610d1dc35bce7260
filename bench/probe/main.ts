import { resolve } from "node:path";
import { loadDriver } from "../../native/index.js";
import { EXIT, UsageError } from "../../terminal/errors.js";
import { Interrupt } from "../../terminal/interrupt.js";
import { parseBytes } from "../../terminal/units.js";
import { ScratchDirectory } from "../environment/scratch.js";
import { printed } from "./print.js";
import { type PreparationReport, probe } from "./probe.js";

export interface ProbeOptions {
  blockSize: string;
  json?: boolean;
}

/** `puntbench probe`: asks, prints, and leaves nothing behind. */
export async function main(directory: string, options: ProbeOptions): Promise<void> {
  const blockSizeBytes = parseBytes(options.blockSize, "--block-size");
  if (blockSizeBytes < 512 || blockSizeBytes > 1 << 20) {
    throw new UsageError(
      `--block-size ${options.blockSize}: not from 512 to 1M`,
      "Choose 512 to 1M.",
    );
  }
  const driver = loadDriver();
  const interrupt = new Interrupt("Nothing was left behind.");
  const scratch = new ScratchDirectory(directory, "the directory");
  try {
    const report = await probe(
      driver,
      scratch,
      resolve(directory),
      blockSizeBytes,
      interrupt.signal,
    );
    process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : printed(report));
    if (!report.preparations.every(answered)) process.exitCode = EXIT.failure;
  } finally {
    scratch.remove();
    interrupt.dispose();
  }
}

/** That a filesystem lacks a preparation is an answer too. */
function answered({ verdict, cause }: PreparationReport): boolean {
  return verdict !== "unknown" || cause === "unsupported-preparation";
}
