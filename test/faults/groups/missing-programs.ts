import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { EXIT } from "../../../terminal/errors.js";
import { EVERY_COMMAND } from "../every-command.js";
import type { FaultCase, FaultGroup } from "../group.js";
import { cannotRunLab, fillCache, smallLab } from "../lab-template.js";
import type { Place } from "../place.js";

const FOLDERS = ["/usr/bin", "/usr/sbin"];

/**
 * Words before a command, for which this program is not there: a whiteout of overlayfs hides it, in a mount namespace of
 * the command's own. An empty PATH would hide all programs, and not those in folders of administrators.
 */
function without(program: string, place: Place): string[] {
  const hidden = join(place.root, "hidden");
  mkdirSync(hidden);
  execFileSync("mknod", [join(hidden, program), "c", "0", "0"]);
  const mounts = FOLDERS.map(
    (folder) => `mount -t overlay none -o lowerdir='${hidden}':${folder} ${folder}`,
  );
  const script = `${mounts.join(" && ")} && exec "$0" "$@"`;
  return ["unshare", "--mount", "--propagation", "private", "sh", "-c", script];
}

/** A lab that builds a system image, for a disk that is written to in full. */
function wholeLab(place: Place): string[] {
  fillCache(place);
  return smallLab(place, "--dry-run");
}

/** A lab that knows no kernel and no package. There is no network. */
const emptyLab = (place: Place) => smallLab(place, "--dry-run");

type Arguments = (place: Place) => string[];
const command =
  (name: string): Arguments =>
  (place) =>
    EVERY_COMMAND[name]?.(place) ?? [];

/** A program, and what runs without it. */
const CASES: readonly (readonly [string, string, Arguments])[] = [
  ...[
    ...["qemu-system-x86_64", "setpriv", "mkfs.ext4", "mke2fs", "depmod", "xz", "zstd", "gpgv"],
    ...["busybox", "ldd", "fallocate", "chattr", "lsattr", "filefrag", "git"],
  ].map((program) => ["lab", program, wholeLab] as const),
  ["lab without kernels", "apt-get", emptyLab],
  ["lab without kernels", "gpgv", emptyLab],
  ["bench", "git", command("bench")],
  ["bench", "dumpe2fs", command("bench")],
  ["explain", "dumpe2fs", command("explain")],
  ["explain", "git", command("explain")],
  ["doctor", "dumpe2fs", command("doctor")],
  ["probe", "dumpe2fs", command("probe")],
  ["report", "git", command("report")],
];

/** What the message names in the program's place: the link that leads to it, or its package. */
const NAMED: Readonly<Record<string, string>> = { mke2fs: "mkfs.ext4", "apt-get": "apt" };

function missingCase([name, program, args]: (typeof CASES)[number]): FaultCase {
  return {
    name: `${name} without ${program}`,
    async run(place) {
      const words = args(place);
      const network = args === emptyLab ? ["unshare", "--net"] : [];
      const prefix = [...network, ...without(program, place)];
      const ending = await place.run(words, { prefix, hangsAfterMs: 180_000 });
      // Without it the command goes on, or says what is missing.
      if (ending.code !== EXIT.ok && !ending.stderr.includes(NAMED[program] ?? program)) {
        throw new Error(`exit code ${ending.code}, and it is not named: ${ending.stderr.trim()}`);
      }
      return { endings: [ending] };
    },
  };
}

export const missingPrograms: FaultGroup = {
  name: "missing-programs",
  promise: "one program that a command uses is missing",
  secondRunEvery: 10,
  cannotRun: cannotRunLab,
  cases: CASES.map(missingCase),
};
