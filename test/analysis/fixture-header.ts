import type { Header, Scenario } from "../../results/schema.js";

/** What a made-up run is like. */
export interface FixtureRun {
  kernelLabel: string;
  seed?: number;
  rounds?: number;
  filesystem?: string;
  queueDepths?: readonly number[];
  preparations?: readonly Scenario["preparation"][];
  arms?: readonly Scenario["arm"][];
  /** fallocate'd extents punt, as before Linux 6.3. */
  unwrittenPunts?: boolean;
  emulated?: boolean;
  /** Executed instructions instead of times. */
  instructionCounting?: boolean;
  /** Standard deviation of the logarithm of each trial's speed. */
  noise?: number;
  /** Multiplies every time; 1.1 is a machine 10 % slower. */
  slowness?: number;
  writes?: number;
  /** How long each submitting call takes; not measured without it. */
  stallNs?: number | undefined;
  intervalsNs?: readonly number[];
  boot?: number;
  /** Runs with the same one are of one boot; without one, each run counts as a boot. */
  bootId?: string;
}

/** A header as the bench would write it, on a made-up machine. */
export function headerOf(options: FixtureRun, scenarios: readonly Scenario[]): Header {
  const { kernelLabel, seed = 1, boot = 0, emulated = false } = options;
  const accelerator = options.instructionCounting ? "tcg-icount" : "tcg";
  return {
    type: "header",
    schemaVersion: 2,
    runId: `${kernelLabel}/${options.filesystem ?? "ext4"}/${accelerator}/${seed}/${boot}`,
    toolVersion: "0.1.0",
    gitCommit: null,
    startedAt: "2026-01-01T00:00:00.000Z",
    kernelLabel,
    commandLine: ["puntbench", "bench", "--kernel-label", kernelLabel],
    seed,
    rounds: options.rounds ?? 5,
    scenarios: [...scenarios],
    environment: {
      bootId: options.bootId ?? null,
      kernelRelease: kernelLabel,
      kernelVersion: "#1 SMP fixture",
      kernelConfig: { CONFIG_HZ: "250" },
      machine: "x86_64",
      cpuModel: "Fixture CPU",
      cpuCount: 2,
      governor: "performance",
      memoryBytes: 8 * 2 ** 30,
      virtualisation: { hypervisor: emulated ? "qemu" : null, emulated },
      lab: emulated
        ? {
            kernelPackage: "linux-image-fixture",
            kernelPackageVersion: "1",
            accelerator,
            cpus: 2,
            memoryBytes: 2 ** 30,
            device: "virtio-blk",
            boot,
          }
        : null,
      container: null,
      filesystem: {
        type: options.filesystem ?? "ext4",
        mountPoint: "/data",
        mountOptions: ["rw", "relatime"],
        features: null,
        blockSizeBytes: 4096,
        sizeBytes: 2 ** 36,
        freeBytes: 2 ** 35,
      },
      device: {
        name: "vda",
        model: null,
        rotational: false,
        scheduler: "none",
        writeCache: "write back",
        discardGranularityBytes: 512,
        logicalBlockBytes: 512,
        queueRequests: 256,
      },
      directIoAlignment: { memoryBytes: 512, offsetBytes: 512, source: "statx" },
      privileges: {
        user: 0,
        puntCounter: true,
        puntCounterReason: null,
        ioUringDisabled: 0,
        perfEventParanoid: 2,
      },
    },
    instrumentChecks: {
      nopPuntRatio: 0,
      forcedPuntRatio: 1,
      timestampCostNs: 25,
      emptyLoopNsPerOperation: 40,
    },
    warnings: [],
  };
}
