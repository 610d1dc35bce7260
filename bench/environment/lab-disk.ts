import { closeSync, constants, openSync, realpathSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { DirectIoAlignment, Driver } from "../../native/index.js";
import { UserError } from "../../terminal/errors.js";
import { majorMinor } from "./block-device.js";
import { requestedDisk, SCRATCH_SERIAL } from "./lab-guest.js";
import { readNumber, readText } from "./read.js";

/** The disk that the lab made for this guest, where the requests go to the disk itself and not to files. */
export interface LabDisk {
  /** As stat(2) tells it. */
  rdev: number;
  /** "major:minor" */
  number: string;
  sizeBytes: number;
  /** Offsets, lengths and memory of O_DIRECT are multiples of it. */
  logicalBlockBytes: number;
}

/** A device in the guest's own memory has no serial. */
const IN_MEMORY = /^nullb\d+$/;

/**
 * null: the requests go to files, as everywhere but in a guest of the lab that was asked for this. Throws where the
 * device is another one than the lab's disk.
 */
export function labDisk(): LabDisk | null {
  const path = requestedDisk();
  if (path === null) return null;
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isBlockDevice()) throw notOurs(path);
  const { rdev } = stats;
  const number = majorMinor(rdev);
  const folder = realpathSync(`/sys/dev/block/${number}`);
  const serial = readText(join(folder, "serial")) ?? readText(join(folder, "device/serial"));
  if (serial?.trim() !== SCRATCH_SERIAL && !IN_MEMORY.test(basename(folder))) {
    throw notOurs(path);
  }
  return {
    rdev,
    number,
    sizeBytes: (readNumber(join(folder, "size")) ?? 0) * 512,
    logicalBlockBytes: readNumber(join(folder, "queue/logical_block_size")) ?? 512,
  };
}

function notOurs(path: string): UserError {
  return new UserError(
    `${path} is not the scratch disk that the lab made`,
    "Only the lab asks for this, in its own guests.",
  );
}

/**
 * Takes the disk for this process, as mount(2) does: the kernel refuses where anything else holds it. While it is held,
 * its page cache stays between a preparation and its requests. Returns how to let it go.
 */
export function holdDisk(): () => void {
  const path = requestedDisk();
  if (path === null) return () => {};
  try {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_EXCL);
    return () => closeSync(descriptor);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(
      `${path} cannot be taken for this process alone (${code})`,
      "Something else holds the disk, such as a mount.",
    );
  }
}

/** The driver, with the disk in the place of each trial's file. */
export function onDisk(driver: Driver, { rdev, logicalBlockBytes }: LabDisk): Driver {
  const alignment: DirectIoAlignment = {
    memoryBytes: logicalBlockBytes,
    offsetBytes: logicalBlockBytes,
    source: "queue",
  };
  return {
    ...driver,
    runTrial: (request, signal) => driver.runTrial({ ...request, device: rdev }, signal),
    directIoAlignment: () => alignment,
  };
}
