import { execFileSync } from "node:child_process";
import { readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import type { Place } from "./place.js";

/** Below the device lies a disk in memory, of the module brd. */
const MEMORY_DISK = "ram0";
const NAME = "faulty";

/** A device of device-mapper with an ext4 that is mounted at --dir. One at a time: a guest runs one case at a time. */
export class FaultyDevice {
  readonly #sectors = readFileSync(`/sys/class/block/${MEMORY_DISK}/size`, "utf8").trim();
  readonly #place: Place;

  constructor(place: Place) {
    this.#place = place;
    dmsetup("create", NAME, "--noudevsync", "--table", this.#table(`linear /dev/${MEMORY_DISK} 0`));
    execFileSync("mkfs.ext4", ["-q", "-F", "-b", "4096", "-m", "0", "/dev/dm-0"]);
    this.#mount();
    rmdirSync(join(place.dir, "lost+found"));
    // Otherwise it comes back when the disk fails before this is written.
    execFileSync("sync");
    place.mounted = {
      unmount: () => {
        this.resume();
        execFileSync("umount", [place.dir]);
        dmsetup("remove", "--noudevsync", NAME);
      },
    };
  }

  /** Puts another target in the place of what the device does, e.g. "error". */
  become(target: string): void {
    dmsetup("load", NAME, "--table", this.#table(target));
    dmsetup("suspend", "--nolockfs", NAME);
    this.resume();
  }

  /** Every request waits until `resume`. */
  suspend(): void {
    dmsetup("suspend", "--nolockfs", NAME);
  }

  resume(): void {
    dmsetup("resume", "--noudevsync", NAME);
  }

  /** As after a repair: the disk answers again, and its filesystem is mounted anew. */
  repair(): void {
    this.become(`linear /dev/${MEMORY_DISK} 0`);
    execFileSync("umount", [this.#place.dir]);
    this.#mount();
  }

  #mount(): void {
    execFileSync("mount", ["-t", "ext4", "/dev/dm-0", this.#place.dir]);
  }

  #table(target: string): string {
    return `0 ${this.#sectors} ${target}`;
  }
}

/** No udev runs in a guest, so nothing is waited for. */
function dmsetup(command: string, ...args: readonly string[]): void {
  execFileSync("dmsetup", [command, ...args], { stdio: ["ignore", "ignore", "inherit"] });
}
