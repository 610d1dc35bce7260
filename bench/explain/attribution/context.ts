import type { KernelVersion } from "../../rules/kernel-version.js";
import type { BackendName } from "../backends/backend.js";

/** What a verdict may lean on besides the write's own events. */
export interface Context {
  backend: BackendName;
  kernel: KernelVersion;
  filesystem: string;
  filesystemBlockBytes: number;
  /** The writes carried IOSQE_ASYNC. */
  asked: boolean;
  /** Some write of the same stream did reach the filesystem, so the file can be written without waiting. */
  filesystemWasAsked: boolean;
  /** The file is set-user-ID or set-group-ID. */
  setId: boolean;
  /** btrfs: the file is written in place (chattr +C, or mounted with nodatacow). */
  noCow: boolean;
  /** Names of the events that this kernel has. */
  events: readonly string[];
}
