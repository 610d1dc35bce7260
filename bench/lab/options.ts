import { availableParallelism } from "node:os";
import { UsageError } from "../../terminal/errors.js";
import { integer, list, word, words } from "../../terminal/option-values.js";
import { parseBytes, parseDurationNs } from "../../terminal/units.js";
import { checkGuestOptions } from "./guest-options.js";
import { STACK_LAYERS, stackPrograms } from "./image/device-stack.js";
import { FILESYSTEMS, flavourFor, SCRATCH_DEVICES, type ScratchDevice } from "./image/job.js";
import { FLAVOURS } from "./packages/resolve.js";
import type { KernelFile, KernelSource } from "./session/kernels.js";
import type { GuestCommand, GuestSettings, LabPlan } from "./session/settings.js";

/** Options as commander hands them over: text. */
export interface RawLabOptions {
  kernels?: string;
  kernelImage?: string;
  modules?: string;
  kernelLabel?: string;
  flavour?: string;
  mirror?: string;
  filesystems: string;
  mountOptions?: string;
  device?: string;
  stack?: string;
  disk?: string;
  memory: string;
  cpus?: string;
  boots: string;
  jobs: string;
  timeout: string;
  bootTimeout: string;
  accelerator: string;
  cost: string;
  out: string;
  dryRun?: boolean;
  shell?: boolean;
  explain?: boolean;
  replay?: string;
  jobsJson?: string;
  resultsFile?: string;
  json?: boolean;
}

export interface LabOptions extends LabPlan, KernelSource {
  /** As the user wrote them; `host` is this machine, without a guest. */
  kernels: string[];
  kernelFile: KernelFile | null;
  cost: "time" | "instructions";
  dryRun: boolean;
  shell: boolean;
  /** Print the guests as jobs whose results go to this folder, and boot none; null: boot them. */
  jobsFolder: string | null;
  /** Where the results of the only guest go; null: below `out`, with the name of the run. */
  resultsFile: string | null;
  settings: GuestSettings;
  /** Sentences about what the guests run, to print before they do. */
  about: string[];
  /** One JSON line for each guest instead of tables. */
  json: boolean;
}

const ACCELERATORS = ["auto", "kvm", "tcg"] as const;
const SILENCE_MS = 60_000;
const RETRIES = 2;

/** XFS needs 300 MiB. A device in the guest's memory is small, since each of its pages is written first. */
const DISK_BYTES_MIN = 320 * 2 ** 20;
const DISK_BYTES: Readonly<Record<ScratchDevice, number>> = {
  "virtio-blk": 2 ** 30,
  nvme: 2 ** 30,
  null_blk: DISK_BYTES_MIN,
};

/** Like a good SSD, and so long that the submitter always sleeps until the completion. */
const COUNTED_LATENCY_NS = 50_000;

/** Checks every option and gives it its type. Throws a UsageError with the remedy. */
export function parseLabOptions(raw: RawLabOptions, benchOptions: readonly string[]): LabOptions {
  const cost = word(raw.cost, ["time", "instructions"] as const, "--cost");
  if (raw.explain && cost === "instructions") {
    throw new UsageError("--explain traces, and a traced write costs more", "Leave out --cost.");
  }
  const kernelFile = parseKernelFile(raw);
  const kernels = raw.kernels === undefined ? [] : list(raw.kernels, "--kernels");
  if (kernels.length === 0 && kernelFile === null) {
    throw new UsageError(
      "no kernel is named",
      "Name some, as in --kernels 6.1,6.12; `puntbench lab kernels` lists what can be had.",
    );
  }
  refuseReserved(benchOptions);
  const command: GuestCommand = {
    name: commandName(raw),
    options: raw.json ? [...benchOptions, "--json"] : benchOptions,
  };
  if (raw.jobsJson !== undefined && kernels.includes("host")) {
    throw new UsageError("--jobs-json on host", "A job boots a guest: leave host out.");
  }
  if (command.name === "replay" && kernels.includes("host")) {
    throw new UsageError("--replay on host", "Run puntbench replay for this machine's kernel.");
  }
  const { about, input } = checkGuestOptions(command);
  const filesystems = words(raw.filesystems, FILESYSTEMS, "--filesystems");
  if (filesystems.includes("block")) refuseWithDisk(raw);
  const boots = integer(raw.boots, "--boots", 1, 1000);
  const guests = (kernels.length + (kernelFile === null ? 0 : 1)) * filesystems.length * boots;
  if (raw.resultsFile !== undefined && (guests !== 1 || kernels.includes("host"))) {
    throw new UsageError(
      "--results-file is for the results of one guest",
      "Name one kernel and one filesystem, or use --out.",
    );
  }
  return {
    kernels,
    kernelFile,
    flavour: word(raw.flavour ?? flavourFor(filesystems), FLAVOURS, "--flavour"),
    mirror: raw.mirror ?? null,
    filesystems,
    boots,
    jobs: integer(raw.jobs, "--jobs", 1, Math.max(1, availableParallelism())),
    cost,
    out: raw.out,
    dryRun: raw.dryRun ?? false,
    shell: raw.shell ?? false,
    jobsFolder: raw.jobsJson ?? null,
    resultsFile: raw.resultsFile ?? null,
    settings: {
      ...parseSettings(raw, cost),
      input: raw.replay === undefined ? input : { file: raw.replay },
    },
    about,
    json: raw.json ?? false,
    commands: [command],
  };
}

/** On the disk itself there are no files, nothing is mounted, and no layer is a disk that the lab made. */
function refuseWithDisk({ stack, mountOptions, replay }: RawLabOptions): void {
  const given = { "--stack": stack, "--mount-options": mountOptions, "--replay": replay };
  const found = Object.entries(given).find(([, value]) => value !== undefined)?.[0];
  if (found === undefined) return;
  throw new UsageError(`${found} needs a filesystem`, "Leave block out of --filesystems.");
}

function commandName({ explain, replay, cost }: RawLabOptions): GuestCommand["name"] {
  if (replay === undefined) return explain ? "explain" : "bench";
  if (explain || cost === "instructions") {
    throw new UsageError(
      "--replay goes with neither --explain nor --cost instructions",
      "Leave them out.",
    );
  }
  return "replay";
}

/** The lab sets some options of the command itself. */
function refuseReserved(options: readonly string[]): void {
  const found = options.find((option) => /^(--(dir|out)|-[do])(=|$)/.test(option));
  if (found !== undefined) {
    throw new UsageError(
      `${found}: the lab sets this option of the bench itself`,
      "Use --out for where results files go on this machine.",
    );
  }
}

function parseSettings(raw: RawLabOptions, cost: LabOptions["cost"]): GuestSettings {
  const counting = cost === "instructions";
  if (counting && raw.cpus !== undefined && raw.cpus !== "1") {
    throw new UsageError(
      `--cpus ${raw.cpus}: instructions are counted on one processor`,
      "Leave --cpus out, or choose 1.",
    );
  }
  const accelerator = word(raw.accelerator, ACCELERATORS, "--accelerator");
  if (counting && accelerator === "kvm") {
    throw new UsageError("KVM cannot count instructions", "Leave --accelerator out.");
  }
  // Whether a writer sleeps, and so what it executes, depends on when the device answers. A device in
  // the guest, on the guest's clock, answers after the same time in each boot.
  const device = word(
    raw.device ?? (counting ? "null_blk" : "virtio-blk"),
    SCRATCH_DEVICES,
    "--device",
  );
  const stack = raw.stack === undefined ? [] : words(raw.stack, STACK_LAYERS, "--stack");
  const chosen = accelerator === "auto" ? null : accelerator;
  return {
    accelerator: counting ? "tcg-icount" : chosen,
    guestPrograms: stackPrograms(stack),
    cpus: integer(raw.cpus ?? (counting ? "1" : "2"), "--cpus", 1, 64),
    memoryBytes: atLeast(parseBytes(raw.memory, "--memory"), 512 * 2 ** 20, "--memory"),
    device,
    stack,
    diskBytes:
      raw.disk === undefined
        ? DISK_BYTES[device]
        : atLeast(parseBytes(raw.disk, "--disk"), DISK_BYTES_MIN, "--disk"),
    deviceLatencyNs: counting ? COUNTED_LATENCY_NS : 0,
    mountOptions: raw.mountOptions === undefined ? [] : list(raw.mountOptions, "--mount-options"),
    limits: {
      bootMs: durationMs(raw.bootTimeout, "--boot-timeout"),
      totalMs: durationMs(raw.timeout, "--timeout"),
      // The guest's regular reports cost instructions.
      silenceMs: counting ? null : SILENCE_MS,
    },
    retries: RETRIES,
  };
}

function parseKernelFile(raw: RawLabOptions): KernelFile | null {
  if (raw.kernelImage === undefined && raw.modules === undefined) return null;
  if (raw.kernelImage === undefined || raw.modules === undefined) {
    throw new UsageError(
      "--kernel-image and --modules go together",
      "Give both, as in --kernel-image /boot/vmlinuz-6.9 --modules /lib/modules/6.9.",
    );
  }
  return { image: raw.kernelImage, modules: raw.modules, label: raw.kernelLabel ?? null };
}

function durationMs(text: string, option: string): number {
  return atLeast(parseDurationNs(text, option) / 1e6, 1, option);
}

function atLeast(value: number, least: number, option: string): number {
  if (value >= least) return value;
  throw new UsageError(`${option} is too small`, `The least is ${least}.`);
}
