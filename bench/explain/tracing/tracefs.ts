import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import type { Driver, DriverError } from "../../../native/index.js";
import { UserError } from "../../../terminal/errors.js";

/** Files of the kernel's tracefs, by paths relative to its root. */
export class Tracefs {
  constructor(readonly root: string) {}

  path(name: string): string {
    return `${this.root}/${name}`;
  }

  read(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  write(name: string, text: string): void {
    writeFileSync(this.path(name), text);
  }

  /** For kprobe_events: a write without append would remove the probes of other programs. */
  append(name: string, text: string): void {
    appendFileSync(this.path(name), text);
  }

  exists(name: string): boolean {
    return existsSync(this.path(name));
  }

  list(name: string): string[] {
    return this.exists(name) ? readdirSync(this.path(name)) : [];
  }

  makeInstance(name: string): void {
    mkdirSync(this.path(`instances/${name}`));
  }

  removeInstance(name: string): void {
    rmdirSync(this.path(`instances/${name}`));
  }
}

/** Opens tracefs through a descriptor, so that no mount becomes visible to other programs. Throws UserError. */
export function openTracefs(driver: Driver): Tracefs {
  try {
    return new Tracefs(`/proc/self/fd/${driver.openTracefs()}`);
  } catch (error) {
    const { code, syscall } = error as DriverError;
    throw new UserError(
      `tracefs cannot be opened (${syscall}: ${code}), so no punt can be explained`,
      "Run as root; `puntbench probe` asks the kernel without it.",
    );
  }
}
