import { readdirSync, statSync } from "node:fs";
import type { Accelerator } from "./arguments.js";

/** The user that a guest's qemu runs as; null where the lab is not root and qemu stays this user. */
export interface GuestUser {
  id: number;
  /** The group that may open /dev/kvm, or none. */
  groups: readonly number[];
}

/** Numbers for users that exist only as long as a process has them (systemd uses them for the same purpose). */
const FIRST_USER = 61_184;
const LAST_USER = 65_519;

/** A user that no process has, so that one guest's qemu can reach neither the host nor another guest's files. */
export function guestUser(accelerator: Accelerator): GuestUser | null {
  if (process.geteuid?.() !== 0) return null;
  const taken = new Set(
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid),
  );
  const count = LAST_USER - FIRST_USER + 1;
  const start = Math.floor(Math.random() * count);
  const candidates = Array.from({ length: count }, (_, n) => FIRST_USER + ((start + n) % count));
  const id = candidates.find((candidate) => !taken.has(candidate)) as number;
  const kvm = accelerator === "kvm" ? statSync("/dev/kvm", { throwIfNoEntry: false }) : undefined;
  return { id, groups: kvm ? [kvm.gid] : [] };
}

/**
 * A command line whose process gains no privilege, and has lost all of root's where `user` is given. The kernel kills
 * it when this process dies, even by SIGKILL. setpriv(1) sets this up and then becomes the program.
 */
export function confinedCommand(
  user: GuestUser | null,
  program: string,
  args: readonly string[],
): { program: string; args: string[] } {
  const dropped = user
    ? [
        ...["--reuid", `${user.id}`, "--regid", `${user.id}`],
        user.groups.length > 0 ? `--groups=${user.groups.join(",")}` : "--clear-groups",
        ...["--inh-caps=-all", "--bounding-set=-all"],
      ]
    : [];
  const always = ["--no-new-privs", "--pdeathsig", "KILL"];
  return { program: "setpriv", args: [...dropped, ...always, program, ...args] };
}
