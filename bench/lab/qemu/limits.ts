import type { GuestFailure } from "./guest-error.js";

/** Limits of a guest. The error names the one that was passed. */
export interface GuestLimits {
  /** From power-on to its first report. */
  bootMs: number;
  /** From power-on to its end. */
  totalMs: number;
  /** Between two reports; null when the guest sends no regular ones. */
  silenceMs: number | null;
}

export interface GuestProgress {
  /** Since power-on. */
  nowMs: number;
  lastSignMs: number;
  started: boolean;
  /** It reported that it has sent everything. */
  done: boolean;
}

const HAND_OVER_MS = 15_000;

/** The limit that a guest has passed, or null. */
export function passedLimit(
  limits: GuestLimits,
  guest: GuestProgress,
): { failure: GuestFailure; what: string } | null {
  const silentMs = guest.nowMs - guest.lastSignMs;
  if (guest.done && silentMs > HAND_OVER_MS) {
    return { failure: "output", what: "the guest's results arrived incomplete" };
  }
  if (guest.nowMs > limits.totalMs) {
    const what = `the guest passed its limit of ${seconds(limits.totalMs)}`;
    return { failure: "timeout", what };
  }
  if (!guest.started && guest.nowMs > limits.bootMs) {
    const what = `the guest did not start within ${seconds(limits.bootMs)}`;
    return { failure: "slow-start", what };
  }
  if (guest.started && limits.silenceMs !== null && silentMs > limits.silenceMs) {
    const what = `the guest hangs: no sign of life for ${seconds(limits.silenceMs)}`;
    return { failure: "hang", what };
  }
  return null;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
