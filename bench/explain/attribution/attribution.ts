import type { ObservedCause } from "../../../results/vocabulary.js";
import type { KernelVersion } from "../../rules/kernel-version.js";
import type { WriteQuestion } from "../../rules/question.js";

/** Why one write punted, and what in the trace says so. */
export interface Attribution {
  cause: ObservedCause;
  evidence: string;
  /** The cure for this write, where it differs from the usual cure for the cause. */
  curedBy?: string;
  /** An io-wq worker of the same stream may have held the lock, for an earlier write. */
  ownWorker?: boolean;
}

/** What the attribution of a write may use besides its own events. */
export interface AttributionContext {
  kernel: KernelVersion;
  filesystem: string;
  filesystemBlockBytes: number;
  /** The writes carried IOSQE_ASYNC. */
  forced: boolean;
  /** The file is set-user-ID or set-group-ID. */
  setId: boolean;
  /** What btrfs decides by; null: not known. */
  inode: WriteQuestion["inode"] | null;
  /** Names of the steps that can be seen on this kernel. */
  events: readonly string[];
}

export function attributed(cause: ObservedCause, evidence: string): Attribution {
  return { cause, evidence };
}

/** @param evidence why the trace does not decide. */
export function undecided(evidence: string): Attribution {
  return { cause: "unknown", evidence };
}
