import type { Driver, DriverError } from "../../native/index.js";
import { describeScenario, variantWords } from "../../results/scenario.js";
import type { Header, Scenario } from "../../results/schema.js";
import { UsageError } from "../../terminal/errors.js";
import { hasPolledQueue } from "../environment/device.js";
import { labDisk } from "../environment/lab-disk.js";
import { labProvenance } from "../environment/lab-guest.js";
import type { ScratchDirectory } from "../environment/scratch.js";
import { meaningless, notOnDisk } from "./meaningless.js";
import type { BenchOptions } from "./options.js";

export interface PossibleScenarios {
  scenarios: Scenario[];
  /** One line for each scenario that cannot be made, with the reason. */
  skipped: string[];
}

/**
 * Leaves out the cells that cannot be made, before anything is timed: combinations without a meaning, and requests that
 * this kernel, filesystem or device refuses. Each kind of request is tried once, with a few blocks. Throws a UsageError
 * where nothing is left.
 */
export async function possibleScenarios(
  driver: Driver,
  options: BenchOptions,
  scratch: ScratchDirectory,
  { scenarios: wanted, environment }: Pick<Header, "scenarios" | "environment">,
): Promise<PossibleScenarios> {
  const scenarios: Scenario[] = [];
  const skipped: string[] = [];
  const tried = new Map<string, string | null>();
  const disk = labDisk() !== null;
  for (const scenario of wanted) {
    const misaligned =
      scenario.blockSizeBytes % (environment.directIoAlignment?.offsetBytes ?? 1) !== 0;
    const size = misaligned ? scenario.blockSizeBytes : "";
    const kind = `${variantWords(scenario)} ${scenario.arm} ${scenario.registeredBuffers} ${size}`;
    let reason =
      meaningless(scenario) ??
      (disk ? notOnDisk(scenario) : null) ??
      unpolled(scenario, scratch) ??
      tooCold(scenario) ??
      tried.get(kind) ??
      null;
    const unusual = misaligned || variantWords(scenario).length > 0;
    if (reason === null && unusual && !tried.has(kind)) {
      reason = await refusal(driver, options, scratch, scenario);
      tried.set(kind, reason);
    }
    if (reason === null) scenarios.push(scenario);
    else skipped.push(`skipped ${describeScenario(scenario)}: ${reason}`);
  }
  if (scenarios.length > 0) return { scenarios, skipped };
  throw new UsageError(
    `no scenario can be measured: ${skipped[0]?.replace(/^skipped /, "")}`,
    "Choose another combination; `puntbench bench --help` lists the values.",
  );
}

/** What this kernel said to a few requests of this kind; null where it took them. */
async function refusal(
  driver: Driver,
  { ring }: BenchOptions,
  scratch: ScratchDirectory,
  scenario: Scenario,
): Promise<string | null> {
  const { durationNs, rampNs, ...kind } = scenario;
  const { blockSizeBytes, files = 1, rings = 1 } = scenario;
  const few = { queueDepth: 1, fileSizeBytes: 4 * files * rings * blockSizeBytes, intervalNs: 0 };
  const place = { path: scratch.file("possible"), seed: 0, settleNs: 0, countPunts: false };
  const preparation = scenario.order === "append" ? scenario.preparation : "dd-prefill";
  try {
    const request = { ring, ...kind, ...few, ...place, preparation };
    const { firstError } = await driver.runTrial(request);
    return firstError === null ? null : meaningOf(scenario, firstError, "the request");
  } catch (error) {
    const { code, syscall } = error as DriverError;
    if (code === undefined) throw error;
    return meaningOf(scenario, code, syscall);
  }
}

/** Without a polled queue the kernel completes by interrupt while the ring spins, so nothing is polled. */
function unpolled({ ring }: Scenario, scratch: ScratchDirectory): string | null {
  if (ring !== "iopoll" || hasPolledQueue(scratch.location)) return null;
  return "the device has no polled queue (queue/io_poll in sysfs is not 1; nvme.poll_queues makes one)";
}

/** To load an inode anew, every cache of the kernel is dropped: other programs would wait for their disks. */
function tooCold({ inode }: Scenario): string | null {
  if (inode !== "cold" || labProvenance() !== null) return null;
  return "it drops all caches of the kernel, which the bench does only in a guest of the lab";
}

function meaningOf({ io }: Scenario, code: string, refused: string): string {
  if (refused === "the SQPOLL thread") {
    return "the thread that submits is not in sight: a kernel thread before Linux 5.12, or of another pid namespace";
  }
  if (refused === "IORING_REGISTER_IOWQ_MAX_WORKERS") {
    return `this kernel cannot limit io-wq workers (Linux 5.15; ${code})`;
  }
  if (io === "uncached" && (code === "EOPNOTSUPP" || code === "EINVAL")) {
    return `this kernel or filesystem has no RWF_DONTCACHE (Linux 6.14; ${code})`;
  }
  return `this kernel, filesystem or device refuses ${refused} (${code})`;
}
