import { shellWord } from "../../../terminal/quote.js";
import { formatBytes } from "../../../terminal/units.js";
import type { Facts } from "../facts.js";
import { type Finding, fine } from "../finding.js";

/** The default matrix writes files of 16 MiB and may use a tenth of what is free. */
const LEAST_FREE_BYTES = 160 * 2 ** 20;

export function writable({ place }: Facts): Finding {
  if (place.writable) return fine("directory", `${place.directory} is writable`);
  return {
    check: "directory",
    severity: "blocker",
    what: place.mount?.options.includes("ro")
      ? `${place.directory} is on a read-only filesystem`
      : `${place.directory} is not writable for this user`,
    why: "the bench makes its scratch directory there",
    remedy: "Name a writable directory on the filesystem to be measured.",
  };
}

export function freeSpace({ place }: Facts): Finding {
  const { freeBytes, sizeBytes } = place;
  const what = `${formatBytes(freeBytes)} of ${formatBytes(sizeBytes)} are free`;
  if (freeBytes < LEAST_FREE_BYTES) {
    return {
      check: "free-space",
      severity: "blocker",
      what,
      why: "a trial of the default matrix needs 16 MiB and uses at most a tenth of the free space",
      remedy: "Free space, or measure less with --file-size and --max-space.",
    };
  }
  if (freeBytes >= sizeBytes / 10) return fine("free-space", what);
  return {
    check: "free-space",
    severity: "warning",
    what,
    why: "a nearly full filesystem needs long to find free blocks, which slows only preparations that allocate",
    remedy: "Measure with at least a tenth of the filesystem free.",
  };
}

export function leftovers({ place }: Facts): Finding {
  const { abandonedScratch } = place;
  if (abandonedScratch.length === 0)
    return fine("leftovers", "no scratch directory of a killed run");
  return {
    check: "leftovers",
    severity: "note",
    what: `a killed run left ${abandonedScratch.join(", ")}`,
    why: "it takes space",
    remedy: `Remove it: rm -r ${abandonedScratch.map(shellWord).join(" ")}`,
  };
}
