import { UserError } from "../../../terminal/errors.js";

/** How a guest can fail. */
export type GuestFailure =
  | "panic"
  | "hang"
  | "slow-start"
  | "timeout"
  | "setup"
  | "qemu"
  | "output"
  | "flood";

/** Failures that may be chance. */
const PERHAPS_CHANCE: readonly GuestFailure[] = ["panic", "hang", "slow-start", "qemu", "output"];

const REMEDIES: Readonly<Record<GuestFailure, string>> = {
  panic: "See the console above; try another version of this kernel, or --accelerator tcg.",
  hang: "Try --accelerator tcg, fewer --cpus, or another version of this kernel.",
  "slow-start": "The machine may be overloaded: try again, or allow more with --boot-timeout.",
  timeout: "Allow more with --timeout, or measure less (fewer scenarios or rounds).",
  setup: "The reason above names what this kernel or this machine lacks.",
  qemu: "Run with --dry-run to see the command, and run it by hand.",
  flood: "A guest sends its results files only: do not trust what this one measured.",
  output: "Run it again; if it stays, the guest's memory may be full: --memory 2G.",
};

/** A guest that failed, with the console's last lines. */
export class GuestError extends UserError {
  override readonly name = "GuestError";

  constructor(
    readonly failure: GuestFailure,
    what: string,
    consoleTail: readonly string[],
  ) {
    const tail = consoleTail.length > 0 ? consoleTail : ["(nothing)"];
    super(`${what}\n  last lines of its console:\n    ${tail.join("\n    ")}`, REMEDIES[failure]);
  }

  get worthAnotherTry(): boolean {
    return PERHAPS_CHANCE.includes(this.failure);
  }
}
