import type { Driver, TrialRequest } from "../../../native/index.js";
import type { ObservedCause } from "../../../results/vocabulary.js";
import type { KernelVersion } from "../../rules/kernel-version.js";

/** What the effect of an injected cause depends on. */
export interface SystemUnderTest {
  filesystem: string;
  kernel: KernelVersion;
  mountOptions: readonly string[];
  /** Offsets of direct I/O are multiples of it. */
  directIoOffsetBytes: number;
  filesystemBlockBytes: number;
  /** A guest of the lab, where the caches of the whole system may be dropped. */
  inLab: boolean;
}

/** Makes writes punt for a known reason, and says which cause explain must then name. */
export interface InjectedCause {
  name: string;
  /** null: on this system no write punts for it. */
  expected(system: SystemUnderTest): ObservedCause | null;
  /** Files to write, one stream each (default 1): more where only the first write of a file punts. */
  files?: number;
  /** What differs from the usual writes. */
  request?: Partial<TrialRequest>;
  /** Throws CannotInject. */
  prepare(driver: Driver, request: TrialRequest): Promise<void>;
  /** Runs once, after all files are prepared. */
  afterPreparing?(): Promise<void>;
  /** The kernel has just loaded the inode of the file. */
  freshInode?: boolean;
  /** Fewer punts per write than this do not show the cause; it is then reported as not injected. */
  leastPuntRatio?: number;
  /** Starts something that runs beside the writes. Returns what ends it. */
  disturb?(path: string): Promise<() => Promise<void>>;
  /**
   * The writes also punt for this cause without the disturbance, but less often. They are then traced once more
   * without it. If not twice as many punt with it, it is reported as not injected.
   */
  hasControl?: boolean;
}

/** This system lacks what the cause needs; the message says what. */
export class CannotInject extends Error {}

/** 64 writes of 4 KiB, one at a time. */
export const USUAL_WRITES: Omit<TrialRequest, "path"> = {
  preparation: "dd-prefill",
  arm: "inline",
  queueDepth: 1,
  blockSizeBytes: 4096,
  fileSizeBytes: 64 * 4096,
  order: "sequential",
  seed: 1,
  intervalNs: 0,
  registeredBuffers: false,
  settleNs: 0,
  countPunts: false,
};
