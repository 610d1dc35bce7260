import { readdirSync, readlinkSync, statSync } from "node:fs";
import type { WatchRow } from "../../native/watch.js";
import { fileKeyOf } from "../../native/watch-rows.js";
import { dropOldest } from "./drop-oldest.js";
import { readProcess } from "./processes.js";

/** Far more than a watch has rows. */
const MOST_NAMES = 65_536;

/**
 * Finds the names of watched processes and the paths of their open files, as the process sees them. A name stays
 * known after the process has ended or closed the file. Files that were only ever registered with a ring, or opened
 * and closed between two looks, have no path here.
 */
export class Names {
  readonly #paths = new Map<string, string>();
  readonly #processes = new Map<number, string>();
  /** Looks that a process is still passed over; see `look`. */
  readonly #rests = new Map<number, number>();
  /** Files that were asked for and had no path. */
  readonly #missed = new Set<string>();

  /**
   * Looks at a process and its open files. One that has ended, or that we may not read, is passed over. A process with
   * many files is looked at less often, since each descriptor takes two system calls: after a look at 1,000 files the
   * next 29 are left out, unless a file has appeared that was not looked for yet.
   */
  look(process: number): void {
    const rest = this.#rests.get(process) ?? 0;
    this.#rests.set(process, rest - 1);
    if (rest > 0) return;
    const name = readProcess(process)?.name;
    if (name !== undefined) this.#processes.set(process, name);
    const folder = `/proc/${process}/fd`;
    let descriptors: string[];
    try {
      descriptors = readdirSync(folder);
    } catch {
      return;
    }
    this.#rests.set(process, Math.floor((descriptors.length * 29) / 1000));
    for (const descriptor of descriptors) {
      try {
        const { dev, ino } = statSync(`${folder}/${descriptor}`, { bigint: true });
        const path = readlinkSync(`${folder}/${descriptor}`);
        const [major, minor] = [deviceMajor(dev), deviceMinor(dev)];
        this.#paths.set(fileKeyOf({ process, major, minor, inode: Number(ino) }), path);
      } catch {
        // The descriptor was closed meanwhile.
      }
    }
    for (const names of [this.#paths, this.#processes, this.#rests]) dropOldest(names, MOST_NAMES);
  }

  /** null when the process ended before its first look. */
  ofProcess(process: number): string | null {
    return this.#processes.get(process) ?? null;
  }

  /** The path, or what the kernel knew of it, in words; "-" for a request without a file. */
  ofFile({ process, major, minor, inode, fileName, fileKey }: WatchRow): string {
    if (inode === 0) return "-";
    const path = this.#paths.get(fileKey);
    if (path !== undefined) return path;
    if (!this.#missed.has(fileKey)) {
      this.#missed.add(fileKey);
      dropOldest(this.#missed, MOST_NAMES);
      this.#rests.delete(process);
    }
    const place = `inode ${inode} on device ${major}:${minor}`;
    return fileName === "" ? place : `${fileName} (${place})`;
  }
}

// The encoding of st_dev: gnu_dev_major(3) and gnu_dev_minor(3).
function deviceMajor(dev: bigint): number {
  return Number(((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn));
}

function deviceMinor(dev: bigint): number {
  return Number((dev & 0xffn) | ((dev >> 12n) & ~0xffn));
}
