import type { Command } from "commander";
import { compareCommand } from "./compare.js";
import { exportCommand } from "./export.js";
import { planCommand } from "./plan.js";
import { reportCommand } from "./report.js";

/** Every command that reads results; they load the analysis itself only when they run. */
export function analysisCommands(): Command[] {
  return [reportCommand(), compareCommand(), planCommand(), exportCommand()];
}
