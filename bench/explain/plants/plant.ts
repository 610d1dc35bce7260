import type { Driver, TrialRequest } from "../../../native/index.js";
import type { KernelVersion } from "../../rules/kernel-version.js";
import type { ObservedCause } from "../causes.js";

/** Where causes are planted. */
export interface Place {
  filesystem: string;
  kernel: KernelVersion;
  mountOptions: readonly string[];
  /** Grain of direct I/O. */
  directIoOffsetBytes: number;
  filesystemBlockBytes: number;
  /** A guest of the lab, where the caches of the whole system may be dropped. */
  inLab: boolean;
}

/** A state made on purpose, and what explain must say of the punts that it causes. */
export interface Plant {
  name: string;
  /** null: this cannot make a write punt here. */
  cause(place: Place): ObservedCause | null;
  /** Streams to run, each to a file of its own: more where only the first write of a file punts. */
  files: number;
  /** What differs from 64 writes of 4 KiB, one at a time. */
  request?: Partial<TrialRequest>;
  prepare(driver: Driver, request: TrialRequest): Promise<void>;
  /** After all files are prepared. */
  settle?(): Promise<void>;
  freshInode?: boolean;
  /** Starts what goes on beside the writes; returns what ends it. */
  disturb?(path: string): Promise<() => Promise<void>>;
}

/** 64 writes of 4 KiB, one at a time. */
export function plantRequest(path: string, changes: Partial<TrialRequest> = {}): TrialRequest {
  const blockSizeBytes = changes.blockSizeBytes ?? 4096;
  return {
    path,
    preparation: "dd-prefill",
    arm: "inline",
    queueDepth: 1,
    blockSizeBytes,
    fileSizeBytes: 64 * blockSizeBytes,
    order: "sequential",
    seed: 1,
    intervalNs: 0,
    registeredBuffers: false,
    settleNs: 0,
    countPunts: false,
    ...changes,
  };
}
