import { constants } from "node:fs";
import { open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../../terminal/errors.js";
import { makeFolders } from "../../../terminal/make-folders.js";
import { printable } from "../../../terminal/quote.js";
import { GUEST } from "../image/job.js";
import type { GuestFile } from "../qemu/guest-output.js";

/** Where the bench puts its results inside a guest. */
export const GUEST_RESULTS = `${GUEST.output}/results`;

/** A results file as the bench names it: the folder of its kernel label, and the run. */
const RESULTS_FILE = /^results\/([A-Za-z0-9_+-][\w.+-]*)\/([A-Za-z0-9][\w.+-]*\.jsonl)$/;

/** More than any command writes. */
const FILES_MAX = 100;

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;

/**
 * Writes a guest's results files, unchanged, below `out`, and returns their paths. The guest chose the names, so it may
 * only add a file: a symbolic link below `out` is not followed, and a file that exists is not touched.
 */
export async function bringBack(files: readonly GuestFile[], out: string): Promise<string[]> {
  const written: string[] = [];
  for (const file of files.slice(0, FILES_MAX)) {
    const [, folder, name] = RESULTS_FILE.exec(file.path) ?? [];
    if (folder === undefined || name === undefined) continue;
    const path = join(out, folder, name);
    await addFile(join(out, folder), name, file.content).catch((error: NodeJS.ErrnoException) => {
      throw new UserError(
        `${path}: a guest's results cannot be written (${error.code})`,
        REMEDIES[error.code ?? ""] ?? "Name a directory that you may write to: --out.",
      );
    });
    written.push(path);
  }
  return written;
}

const REMEDIES: Readonly<Record<string, string>> = {
  EEXIST: "A file of that name exists, and is left as it is: name another directory with --out.",
  ENOTDIR: "The folder is a file or a symbolic link: name another directory with --out.",
  ENOSPC: "Free some space, or name a directory on another disk with --out.",
};

/** Through the folder's descriptor, so that nobody can put another folder in its place meanwhile. */
async function addFile(folder: string, name: string, content: Buffer): Promise<void> {
  makeFolders(folder);
  const held = await open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    await writeFile(`/proc/self/fd/${held.fd}/${name}`, content, { flag: "wx" });
  } finally {
    await held.close();
  }
}

/** What a command printed on its standard output, without what would act on the terminal. */
export function standardOutput(files: readonly GuestFile[], command: number): string {
  const found = files.find((file) => file.path === `stdout.${command}`);
  return printable(found?.content.toString("utf8") ?? "");
}
