import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Device } from "../../results/environment.js";
import { blockDeviceOf } from "./block-device.js";
import { labDisk } from "./lab-disk.js";
import { mountOf } from "./mount.js";
import { readNumber, readText } from "./read.js";

/** The block device below a filesystem, from sysfs; `majorMinor` like "254:0". All null where it has none. */
export function device(majorMinor: string | null): Device {
  const folder = majorMinor === null ? null : wholeDevice(`/sys/dev/block/${majorMinor}`);
  const queue = (name: string) => join(folder ?? "/nonexistent", "queue", name);
  const rotational = readNumber(queue("rotational"));
  const scheduler = readText(queue("scheduler"));
  return {
    name: folder === null ? null : basename(folder),
    model: folder === null ? null : readText(join(folder, "device/model")),
    rotational: rotational === null ? null : rotational === 1,
    // "[none] mq-deadline": the one in brackets is in use.
    scheduler: scheduler === null ? null : (/\[(.+?)\]/.exec(scheduler)?.[1] ?? scheduler),
    writeCache: readText(queue("write_cache")),
    discardGranularityBytes: readNumber(queue("discard_granularity")),
    logicalBlockBytes: readNumber(queue("logical_block_size")),
    queueRequests: readNumber(queue("nr_requests")),
  };
}

/** Whether IOPOLL finds a queue that the device polls. False where no block device is known. */
export function hasPolledQueue(path: string): boolean {
  const mount = mountOf(realpathSync(path));
  const majorMinor = labDisk()?.number ?? (mount === null ? null : blockDeviceOf(mount));
  const folder = majorMinor === null ? null : wholeDevice(`/sys/dev/block/${majorMinor}`);
  return folder !== null && readNumber(join(folder, "queue/io_poll")) === 1;
}

/** The queue belongs to the whole device, so for a partition this is its parent folder. */
function wholeDevice(link: string): string | null {
  if (!existsSync(link)) return null;
  const folder = realpathSync(link);
  return existsSync(join(folder, "partition")) ? dirname(folder) : folder;
}
