import { LAB_TARGETS } from "./lab-targets.js";
import { RECORDING_TARGETS } from "./recording-targets.js";
import { RESULTS_TARGETS } from "./results-targets.js";
import type { FuzzTarget } from "./target.js";
import { TRACING_TARGETS } from "./tracing-targets.js";

/** Every reader of bytes that is written in TypeScript. */
export const TARGETS: readonly FuzzTarget[] = [
  ...RESULTS_TARGETS,
  ...RECORDING_TARGETS,
  ...LAB_TARGETS,
  ...TRACING_TARGETS,
];
