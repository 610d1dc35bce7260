import type { StackedDevice } from "../../environment/block-device.js";
import { deviceDecides, supportsNowait } from "../../rules/device.js";
import type { Facts } from "../facts.js";
import { type Finding, fine } from "../finding.js";

/** What lies between the filesystem and the disk. */
export function deviceStack(facts: Facts): Finding[] {
  const { stack } = facts;
  if (stack.length === 0) {
    return [
      {
        check: "device",
        severity: "note",
        what: "the block device below the directory is not known",
        why: "its queue, its cache and the devices below it affect latency, and the results do not record them",
        remedy: null,
      },
    ];
  }
  const found = stack.flatMap((device) => layer(device, facts));
  const names = stack.map(({ name }) => name).join(" on ");
  return found.length > 0 ? found : [fine("device", `the filesystem is on ${names}`)];
}

function layer(device: StackedDevice, { kernel, place }: Facts): Finding[] {
  const { name, kind, detail } = device;
  // As the rules: where io_uring does not ask the device, it does not matter what it can.
  const asked = deviceDecides(place.mount?.type ?? "unknown", kernel.version);
  const nowait = asked ? supportsNowait(device, kernel.version) : true;
  const shown = detail === null ? name : `${name} (${detail})`;
  const finding = (severity: Finding["severity"], what: string, why: string, remedy: string) => [
    { check: "device", severity, what, why, remedy },
  ];
  switch (kind) {
    case "loop":
      return finding(
        "warning",
        `${shown} is a loop device`,
        "each write runs through a kernel worker and a second filesystem; counts are valid, times and CPU are not",
        "Measure on a disk or partition.",
      );
    case "dm": {
      return finding(
        nowait ? "note" : "warning",
        `${shown} is a device-mapper device`,
        nowait === false
          ? "before Linux 6.4 this dm target, which lacks NOWAIT, makes every write punt, before the filesystem is asked"
          : nowait === null
            ? "before Linux 6.4 a dm target without NOWAIT (crypt, thin, snapshot) makes every write punt, before the filesystem is asked"
            : "the work of its target is part of every write",
        "Measure a plain partition too, and compare.",
      );
    }
    case "md": {
      return finding(
        nowait ? "note" : "warning",
        `${shown} is a software RAID`,
        nowait === false
          ? "before Linux 5.17 md does not know NOWAIT, so every write punts"
          : "parity and bitmap updates are part of every write",
        "Measure a plain disk too, and compare.",
      );
    }
    case "ram":
      return finding(
        "note",
        `${shown} is in memory`,
        "its latencies are not those of storage; counts and CPU per write are valid",
        "Say so with the figures.",
      );
    case "disk":
      return [];
  }
}

export function scheduler({ device }: Facts): Finding {
  const { scheduler: name } = device;
  if (name !== "bfq" && name !== "cfq") {
    return fine("scheduler", `I/O scheduler: ${name ?? "not known"}`);
  }
  return {
    check: "scheduler",
    severity: "warning",
    what: `I/O scheduler: ${name}`,
    why: "it waits between requests and uses CPU for each, on fast devices more than a punt does",
    remedy: `echo none > /sys/block/${device.name}/queue/scheduler`,
  };
}

export function writeCache({ device }: Facts): Finding {
  const mode = device.writeCache;
  if (mode !== "write back") {
    return fine("write-cache", `write cache: ${mode ?? "not known"}`);
  }
  return {
    check: "write-cache",
    severity: "note",
    what: "write cache: write back",
    why: "a write completes in the volatile cache of the device, and is slower when this cache is full",
    remedy:
      "Report it with latencies; longer trials (--file-size) show the device behind the cache.",
  };
}
