import type { Driver } from "../../native/index.js";
import { REGIONS_MAX, type RecordedFile, type Region } from "../../results/recording/schema.js";
import { mountOf, mountOfDescriptor } from "../environment/mount.js";
import { stateOf } from "../inspect/regions.js";
import { closedFile, type Descriptor, openFiles, pathOf } from "./descriptors.js";
import type { Sight } from "./rows.js";

const PAGE_BYTES = 4096;

type State = Omit<RecordedFile, "type" | "index" | "device" | "inode" | "seenAtNs">;

const EMPTY = { sizeBytes: 0, regions: [], cachedBytes: 0 };

const UNKNOWN: State = {
  path: null,
  sizeBytes: null,
  filesystem: null,
  mountOptions: null,
  blockBytes: null,
  regions: null,
  regionsCut: false,
  cachedBytes: null,
};

/** Looks for the name of a file that was closed before it was looked at, until it is found open again. */
const LOOKS_MAX = 40;

/** Describes each file at its first sight, by reading only. */
export class Files {
  readonly #files = new Map<number, Map<number, RecordedFile>>();
  readonly #open = new Map<number, Descriptor[]>();
  /** Files without a name, and how often they were looked for. */
  readonly #nameless = new Map<RecordedFile, { sight: Sight; looks: number }>();
  /** Files that a request went to. */
  readonly #requested = new Set<RecordedFile>();
  #count = 0;

  constructor(
    readonly driver: Driver,
    readonly now: () => number,
    readonly use: (file: RecordedFile) => void,
  ) {}

  /** Describes the files that a process has open now. */
  look(process: number): void {
    for (const { device, inode } of this.#lookAt(process)) {
      const [major, minor] = device.split(":").map(Number) as [number, number];
      this.indexOf({ device: major * 2 ** 20 + minor, inode, process });
    }
  }

  /** Open files are looked at again when one is asked for that is not known. */
  forgetOpenFiles(): void {
    this.#open.clear();
  }

  /** A file was opened by this name. It tells what is known of a file that was closed before it was looked at. */
  opened({ device, inode, process }: Sight, path: string): void {
    const file = this.#files.get(device)?.get(inode);
    if (file === undefined || !this.#nameless.has(file)) return;
    const closed = closedFile(process, path, inode);
    this.#found(file, closed === null ? { ...UNKNOWN, path } : stateOfFile(this.driver, closed));
  }

  /** At files that were closed when they were first seen. What was found later is written once more. */
  lookAgain(): void {
    for (const [file, waiting] of this.#nameless) {
      waiting.looks += 1;
      const state = this.#state(file, waiting.sight);
      if (state.path !== null) this.#found(file, state);
      else if (waiting.looks >= LOOKS_MAX) this.#nameless.delete(file);
    }
  }

  #found(file: RecordedFile, state: State): void {
    const isEmpty = this.#nameless.get(file)?.sight.isEmpty;
    this.#nameless.delete(file);
    if (isEmpty) this.use(Object.assign(file, state, EMPTY));
    else this.use(Object.assign(file, state, { seenAtNs: this.now() }));
  }

  indexOf(sight: Sight): number {
    const { device, inode } = sight;
    const inodes = this.#files.get(device) ?? new Map<number, RecordedFile>();
    this.#files.set(device, inodes);
    const known = inodes.get(inode);
    // A file that is opened and has nothing was made anew: the filesystem uses the numbers of removed files again.
    if (known !== undefined && !(sight.isEmpty && this.#requested.has(known))) {
      if (sight.isRequest) this.#requested.add(known);
      const waiting = this.#nameless.get(known);
      if (waiting !== undefined) waiting.sight = sightOf(sight, waiting.sight.isEmpty);
      return known.index;
    }
    this.#count += 1;
    const name = `${Math.floor(device / 2 ** 20)}:${device % 2 ** 20}`;
    const place = { index: this.#count, device: name, inode };
    const state = this.#state(place, sight);
    // After the look: what was written until now may be in the state.
    const file: RecordedFile = { type: "file", ...place, ...state, seenAtNs: this.now() };
    inodes.set(inode, file);
    if (sight.isRequest) this.#requested.add(file);
    if (file.path === null)
      this.#nameless.set(file, { sight: sightOf(sight, sight.isEmpty), looks: 0 });
    this.use(file);
    return file.index;
  }

  #state({ device, inode }: Pick<RecordedFile, "device" | "inode">, sight: Sight): State {
    const open = this.#lookAt(sight.process).filter((file) => file.inode === inode);
    // btrfs gives stat(2) another device than the kernel has in the inode.
    const only = open.length === 1 ? open[0] : undefined;
    const found = open.find((file) => file.device === device) ?? only;
    const state = found === undefined ? UNKNOWN : stateOfFile(this.driver, found);
    return sight.isEmpty ? { ...state, ...EMPTY } : state;
  }

  #lookAt(process: number): Descriptor[] {
    const found = this.#open.get(process) ?? openFiles(process);
    this.#open.set(process, found);
    return found;
  }
}

/** The same without whatever else the object holds on to. */
function sightOf({ device, inode, process }: Sight, isEmpty = false): Sight {
  return { device, inode, process, isEmpty };
}

function stateOfFile(driver: Driver, file: Descriptor): State {
  const { process, number, path } = file;
  const mount = number === null ? mountOf(path) : mountOfDescriptor(process, number);
  const regions = regionsOf(driver, file);
  return {
    path,
    sizeBytes: file.sizeBytes,
    filesystem: mount?.type ?? null,
    mountOptions: mount?.options ?? null,
    blockBytes: attempt(() => driver.declaredDirectIoAlignment(pathOf(file))?.offsetBytes ?? null),
    regions: regions?.slice(0, REGIONS_MAX) ?? null,
    regionsCut: (regions?.length ?? 0) > REGIONS_MAX,
    cachedBytes: cachedBytes(driver, file),
  };
}

/** Neighbours in the same state are one region: where they lie on the device is left out. */
function regionsOf(driver: Driver, file: Descriptor): Region[] | null {
  const extents = attempt(() => driver.extents(pathOf(file)));
  if (extents === null) return null;
  const regions: Region[] = [];
  for (const { offsetBytes, lengthBytes, flags } of extents) {
    const state = stateOf(flags) === "unwritten" ? "unwritten" : "written";
    const last = regions.at(-1);
    const end = last === undefined ? 0 : last[0] + last[1];
    // Extents that are merged while they are read may be read twice.
    const from = Math.max(offsetBytes, end);
    const bytes = offsetBytes + lengthBytes - from;
    if (bytes <= 0) continue;
    if (last !== undefined && last[2] === state && end === from) last[1] += bytes;
    else regions.push([from, bytes, state]);
  }
  return regions;
}

function cachedBytes(driver: Driver, file: Descriptor): number | null {
  const range = { offsetBytes: 0, lengthBytes: file.sizeBytes };
  if (file.sizeBytes === 0) return 0;
  const pages = attempt(() => driver.cachedPages(pathOf(file), [range]).pages[0] ?? null);
  return pages === null ? null : pages * PAGE_BYTES;
}

/** null where the filesystem does not tell, or the file was closed meanwhile. */
function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
