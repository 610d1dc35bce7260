import type { AtlasPlace } from "../../results/atlas/places.js";
import { stackPrograms } from "../lab/image/device-stack.js";
import { GUEST } from "../lab/image/job.js";
import type { GuestCommand, GuestSettings } from "../lab/session/settings.js";

/** The 256 requests of 4 KiB, and those of 1 MiB, with room for a filesystem that copies on write. */
const DISK_BYTES = 1 << 30;
const MINUTE_MS = 60_000;
/** As those of `lab --cost instructions`. */
const COUNTING_DISK_BYTES = 320 << 20;
const COUNTING_LATENCY_NS = 50_000;

/** A guest for one place. `scenarios`: a file of this machine with what the guest runs; null while the session is opened. */
export function guestSettings(place: AtlasPlace, scenarios: string | null): GuestSettings {
  return {
    accelerator: null,
    guestPrograms: stackPrograms(place.stack),
    cpus: 2,
    memoryBytes: 1 << 30,
    device: "virtio-blk",
    stack: place.stack,
    diskBytes: DISK_BYTES,
    deviceLatencyNs: 0,
    mountOptions: place.mountOptions,
    input: scenarios === null ? null : { file: scenarios },
    limits: { bootMs: 2 * MINUTE_MS, totalMs: 20 * MINUTE_MS, silenceMs: MINUTE_MS },
    retries: 2,
  };
}

/**
 * A guest whose clock counts instructions: one CPU, and a device in its memory that answers after a fixed time, so that a boot
 * repeats. Nothing else may run there, so it is not asked whether it lives.
 */
export function countingSettings(place: AtlasPlace, scenarios: string | null): GuestSettings {
  const settings = guestSettings(place, scenarios);
  return {
    ...settings,
    accelerator: "tcg-icount",
    cpus: 1,
    device: "null_blk",
    diskBytes: COUNTING_DISK_BYTES,
    deviceLatencyNs: COUNTING_LATENCY_NS,
    limits: { ...settings.limits, silenceMs: null },
  };
}

export const COUNTING_COMMANDS: readonly [GuestCommand, ...GuestCommand[]] = [
  { name: "bench", options: ["--scenarios", GUEST.input, "--rounds", "3", "--seed", "1"] },
];

/** First each request is traced, then the same are counted without tracing: two runs that must agree. */
export const GUEST_COMMANDS: readonly [GuestCommand, ...GuestCommand[]] = [
  { name: "explain", options: ["--scenarios", GUEST.input, "--trace-only", "--seed", "1"] },
  { name: "bench", options: ["--scenarios", GUEST.input, "--rounds", "1", "--seed", "1"] },
];
