import type { Run } from "../cells/run.js";
import { isEmulated } from "../cells/subject.js";
import type { Column } from "./columns.js";

/** Where a row was measured. The same columns in each dataset, so that they can be asked together. */
export const RUN_COLUMNS: readonly Column<{ run: Run }>[] = [
  { name: "host", type: "text", of: ({ run }) => run.host },
  { name: "run_id", type: "text", of: ({ run }) => run.header.runId },
  { name: "boot_id", type: "text", of: ({ run }) => run.header.environment.bootId },
  { name: "run_started_at", type: "moment", of: ({ run }) => run.header.startedAt },
  { name: "tool_version", type: "text", of: ({ run }) => run.header.toolVersion },
  { name: "kernel_label", type: "text", of: ({ run }) => run.header.kernelLabel },
  { name: "kernel_release", type: "text", of: ({ run }) => run.header.environment.kernelRelease },
  { name: "machine", type: "text", of: ({ run }) => run.header.environment.machine },
  { name: "cpu_model", type: "text", of: ({ run }) => run.header.environment.cpuModel },
  { name: "cpu_count", type: "integer", of: ({ run }) => run.header.environment.cpuCount },
  { name: "memory_bytes", type: "integer", of: ({ run }) => run.header.environment.memoryBytes },
  { name: "governor", type: "text", of: ({ run }) => run.header.environment.governor },
  {
    name: "hypervisor",
    type: "text",
    of: ({ run }) => run.header.environment.virtualisation.hypervisor,
  },
  { name: "emulated", type: "flag", of: ({ run }) => isEmulated(run.header.environment) },
  { name: "container", type: "text", of: ({ run }) => run.header.environment.container },
  {
    name: "filesystem",
    type: "text",
    of: ({ run }) => run.header.environment.filesystem?.type ?? null,
  },
  {
    name: "mount_options",
    type: "text",
    of: ({ run }) => run.header.environment.filesystem?.mountOptions.join(",") ?? null,
  },
  {
    name: "device_model",
    type: "text",
    of: ({ run }) => run.header.environment.device?.model ?? null,
  },
  {
    name: "scheduler",
    type: "text",
    of: ({ run }) => run.header.environment.device?.scheduler ?? null,
  },
  {
    name: "write_cache",
    type: "text",
    of: ({ run }) => run.header.environment.device?.writeCache ?? null,
  },
  {
    name: "punts_counted",
    type: "flag",
    of: ({ run }) => run.header.environment.privileges.puntCounter,
  },
  {
    name: "nop_punt_ratio",
    type: "number",
    of: ({ run }) => run.header.instrumentChecks?.nopPuntRatio ?? null,
  },
  {
    name: "forced_punt_ratio",
    type: "number",
    of: ({ run }) => run.header.instrumentChecks?.forcedPuntRatio ?? null,
  },
  { name: "run_warnings", type: "text", of: ({ run }) => joined(run.header.warnings) },
];

/** Several texts in one column; null when there is none. */
export function joined(texts: readonly string[]): string | null {
  return texts.length === 0 ? null : texts.join("; ");
}
