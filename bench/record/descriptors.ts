import { lstatSync, readdirSync, readlinkSync, statSync } from "node:fs";

/** A regular file that a process has open, or had open. */
export interface Descriptor {
  process: number;
  /** null: it was closed, and is reached by its name. */
  number: number | null;
  /** As stat(2) gives it. */
  device: string;
  inode: number;
  path: string;
  sizeBytes: number;
}

/** Regular files that a process has open; empty for one that has ended. */
export function openFiles(process: number): Descriptor[] {
  const folder = `/proc/${process}/fd`;
  try {
    return readdirSync(folder).flatMap((name) => descriptor(process, Number(name)));
  } catch {
    return [];
  }
}

/** Whether the process has a ring open. A ring whose descriptor was only registered and then closed is not seen. */
export function hasRing(process: number): boolean {
  const folder = `/proc/${process}/fd`;
  try {
    return readdirSync(folder).some((name) => linkOf(`${folder}/${name}`).includes("[io_uring]"));
  } catch {
    return false;
  }
}

/** The path by which another process reaches the file; while it is open also without a name. */
export const pathOf = ({ process, number, path }: Descriptor) =>
  number === null ? path : `/proc/${process}/fd/${number}`;

/** A file that was opened by this absolute path, if that still names it; null: it does not. */
export function closedFile(process: number, path: string, inode: number): Descriptor | null {
  try {
    const stats = lstatSync(path, { bigint: true });
    if (!stats.isFile() || Number(stats.ino) !== inode) return null;
    const place = { device: deviceText(stats.dev), inode, path };
    return { process, number: null, ...place, sizeBytes: Number(stats.size) };
  } catch {
    return null;
  }
}

function descriptor(process: number, number: number): Descriptor[] {
  const link = `/proc/${process}/fd/${number}`;
  try {
    const stats = statSync(link, { bigint: true });
    if (!stats.isFile()) return [];
    const place = { device: deviceText(stats.dev), inode: Number(stats.ino), path: linkOf(link) };
    return [{ process, number, ...place, sizeBytes: Number(stats.size) }];
  } catch {
    return []; // it was closed meanwhile
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

// The encoding of st_dev: gnu_dev_major(3) and gnu_dev_minor(3).
function deviceText(dev: bigint): string {
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn);
  const minor = (dev & 0xffn) | ((dev >> 12n) & ~0xffn);
  return `${major}:${minor}`;
}
