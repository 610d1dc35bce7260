import { fioBytes, fioTimeNs, type TimeUnit } from "./values.js";

/** fio's defaults, of fio 3.33 (HOWTO and `fio --cmdhelp=all`). */
const DEFAULTS: Readonly<Record<string, string>> = {
  ioengine: "psync",
  rw: "read",
  bs: "4k",
  iodepth: "1",
  fallocate: "native",
  thinktime_blocks: "1",
  thinktime_blocks_type: "complete",
  random_generator: "tausworthe",
};

/** The options of a job by type. What cannot be read is noted as a problem of the job. */
export class GivenOptions {
  readonly problems: string[] = [];

  constructor(readonly given: ReadonlyMap<string, string | null>) {}

  has(key: string): boolean {
    return this.given.has(key);
  }

  text(key: string): string {
    return this.given.get(key) ?? DEFAULTS[key] ?? "";
  }

  /** fio reads an option that is on or off also without a value. */
  isOn(key: string): boolean {
    return this.given.has(key) && this.given.get(key) !== "0";
  }

  count(key: string, text = this.text(key)): number | null {
    if (/^[1-9]\d*$/.test(text)) return Number(text);
    this.problems.push(`${key}=${text} (not a whole number)`);
    return null;
  }

  bytes(key: string, text = this.text(key)): number | null {
    const bytes = fioBytes(text);
    if (bytes !== null && bytes > 0) return bytes;
    this.problems.push(`${key}=${text} (not a plain size like 4k or 16m)`);
    return null;
  }

  /** In nanoseconds; null: not given. */
  time(key: string, unit: TimeUnit = "s"): number | null {
    const text = this.given.get(key);
    if (text === undefined || text === null) return null;
    const ns = fioTimeNs(text, unit);
    if (ns === null) this.problems.push(`${key}=${text} (not a time)`);
    return ns;
  }
}
