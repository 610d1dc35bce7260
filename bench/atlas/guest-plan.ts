import type { AtlasPlace } from "../../results/atlas/places.js";
import { stackPrograms } from "../lab/image/device-stack.js";
import { GUEST } from "../lab/image/job.js";
import type { GuestCommand, GuestSettings } from "../lab/session/settings.js";

/** The 256 requests of 4 KiB, and those of 1 MiB, with room for a filesystem that copies on write. */
const DISK_BYTES = 1 << 30;
const MINUTE_MS = 60_000;

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

/** First each request is traced, then the same are counted without tracing: two runs that must agree. */
export const GUEST_COMMANDS: readonly [GuestCommand, ...GuestCommand[]] = [
  { name: "explain", options: ["--scenarios", GUEST.input, "--trace-only", "--seed", "1"] },
  { name: "bench", options: ["--scenarios", GUEST.input, "--rounds", "1", "--seed", "1"] },
];
