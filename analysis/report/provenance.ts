import type { Header } from "../../results/schema.js";
import { formatBytes } from "../../terminal/units.js";
import type { Run } from "../cells/run.js";

/** Pairs of a word and a value. null in the file reads "not known". */
export function provenance(run: Run): [string, string][] {
  const { header } = run;
  const { environment } = header;
  const { ok, failed, skipped } = run.trials;
  return [
    ["file", run.file],
    ["run", header.runId],
    ["tool", `puntbench ${header.toolVersion} (commit ${header.gitCommit ?? "not known"})`],
    ["command", header.commandLine.join(" ")],
    ["seed, rounds", `${header.seed}, ${header.rounds}`],
    ["trials", `${ok} ok, ${failed} failed, ${skipped} skipped`],
    ["kernel", `${environment.kernelRelease} ${environment.kernelVersion}`],
    ["virtualisation", virtualisation(header)],
    ["CPU", `${environment.cpuModel ?? "not known"}, ${environment.cpuCount} CPUs`],
    ["governor", environment.governor ?? "not known"],
    ["memory", formatBytes(environment.memoryBytes)],
    ["filesystem", filesystem(header)],
    ["device", device(header)],
    ["direct I/O alignment", alignment(header)],
    ["kernel options", options(environment.kernelConfig)],
    ["instrument checks", instrumentChecks(header)],
  ];
}

function virtualisation({ environment }: Header): string {
  const { hypervisor, emulated } = environment.virtualisation;
  const lab = environment.lab;
  const where = lab
    ? `lab guest, ${lab.accelerator}, ${lab.cpus} CPUs, boot ${lab.boot}, ${lab.kernelPackage} ${lab.kernelPackageVersion}`
    : (hypervisor ?? "none found");
  return emulated ? `${where}; emulated: times not comparable` : where;
}

const NOT_MEASURED = "none measured: programs were watched";

function alignment({ environment: { directIoAlignment } }: Header): string {
  if (directIoAlignment === null) return NOT_MEASURED;
  return `${directIoAlignment.offsetBytes} B (${directIoAlignment.source})`;
}

function filesystem({ environment }: Header): string {
  if (environment.filesystem === null) return NOT_MEASURED;
  const { type, mountOptions, blockSizeBytes } = environment.filesystem;
  return `${type}, ${mountOptions.join(",") || "mount options not known"}, blocks of ${formatBytes(blockSizeBytes)}`;
}

function device({ environment }: Header): string {
  if (environment.device === null) return NOT_MEASURED;
  const { name, model, rotational, scheduler, writeCache } = environment.device;
  const kind = rotational === null ? "" : rotational ? "rotational" : "not rotational";
  const parts = [
    name,
    model,
    kind,
    scheduler && `scheduler ${scheduler}`,
    writeCache && `cache ${writeCache}`,
  ];
  return parts.filter(Boolean).join(", ") || "not known";
}

function options(config: Record<string, string | null>): string {
  const parts = Object.entries(config).map(([name, value]) => `${name}=${value ?? "not known"}`);
  return parts.join(" ") || "not known";
}

function instrumentChecks({ instrumentChecks: checks }: Header): string {
  if (checks === null) return "none: no trial was run";
  const ratio = (value: number | null): string => (value === null ? "not measured" : String(value));
  return `punts of a NOP stream ${ratio(checks.nopPuntRatio)}, of a forced stream ${ratio(checks.forcedPuntRatio)}; one timestamp ${checks.timestampCostNs.toFixed(0)} ns, empty loop ${checks.emptyLoopNsPerOperation.toFixed(0)} ns per operation`;
}
