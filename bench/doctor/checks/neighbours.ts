import type { Facts } from "../facts.js";
import { type Finding, fine } from "../finding.js";

export function ioWqUsers({ neighbours }: Facts): Finding {
  const users = neighbours.ioWqUsers;
  if (users.length === 0) return fine("io-wq-users", "no other process has io-wq workers");
  const shown = users.slice(0, 5).map(({ pid, name, workers }) => `${name} (${pid}): ${workers}`);
  const more = users.length > shown.length ? `, and ${users.length - shown.length} more` : "";
  return {
    check: "io-wq-users",
    severity: "warning",
    what: `other processes have io-wq workers: ${shown.join(", ")}${more}`,
    why: "their punts are not counted, but system-wide CPU time includes theirs, and they share the device",
    remedy:
      "Stop them for the measurement, or look at submitter and io-wq CPU only: kernel workers and system count theirs too.",
  };
}

export function lazyInit({ neighbours }: Facts): Finding {
  if (!neighbours.lazyInit)
    return fine("lazy-init", "no ext4 filesystem is still being initialised");
  return {
    check: "lazy-init",
    severity: "warning",
    what: "ext4lazyinit is writing the inode tables of a fresh filesystem",
    why: "it writes to the device for minutes after the first mount",
    remedy: "Wait, or mkfs.ext4 -E lazy_itable_init=0,lazy_journal_init=0.",
  };
}
