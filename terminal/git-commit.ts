import { spawnSync } from "node:child_process";
import { packageRoot } from "./package-root.js";

/** Set by the lab for the bench in its guest, where there is neither git nor the checkout. */
export const GIT_COMMIT_VARIABLE = "PUNTBENCH_GIT_COMMIT";

/** The commit of this checkout, with "+changes" where it was edited; null outside a checkout. It writes nothing there. */
export function gitCommit(): string | null {
  const told = process.env[GIT_COMMIT_VARIABLE];
  if (told !== undefined) return told === "" ? null : told;
  const git = (...args: string[]) =>
    spawnSync("git", ["--no-optional-locks", "-C", packageRoot(), ...args], {
      encoding: "utf8",
      timeout: 5_000,
    });
  const head = git("rev-parse", "--short=12", "HEAD");
  if (head.status !== 0) return null;
  const changed = git("status", "--porcelain", "--untracked-files=no").stdout.trim() !== "";
  return head.stdout.trim() + (changed ? "+changes" : "");
}
