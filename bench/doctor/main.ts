import { loadDriver } from "../../native/index.js";
import { EXIT } from "../../terminal/errors.js";
import { diagnose } from "./diagnose.js";
import { printed } from "./print.js";
import { readFacts } from "./read-facts.js";

export interface DoctorOptions {
  json?: boolean;
}

/** `puntbench doctor`: looks, and says what would spoil a measurement. */
export async function main(directory: string, options: DoctorOptions): Promise<void> {
  const facts = await readFacts(loadDriver(), directory);
  const findings = diagnose(facts);
  const fit = findings.every(({ severity }) => severity !== "blocker");
  const { directory: path } = facts.place;
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ directory: path, fit, findings })}\n`
      : printed(path, findings),
  );
  if (!fit) process.exitCode = EXIT.failure;
}
