import { type ChildProcess, type IOType, type SpawnOptions, spawn } from "node:child_process";
import { type MachineSpec, QEMU, qemuArguments } from "./arguments.js";
import { CHANNELS } from "./channels.js";
import { confinedCommand, guestUser } from "./confined.js";
import { GuestFollower, type GuestRun, type GuestWatcher } from "./follow-guest.js";
import { type Hardware, openGuestFiles } from "./guest-files.js";
import type { GuestLimits } from "./limits.js";

/**
 * Runs a guest until it has sent all its files, then ends qemu. Rejects with a GuestError when the
 * guest panics, hangs, passes a limit or loses its output, and with the signal's reason when it is
 * aborted. When the promise settles, qemu has always ended.
 */
export async function runGuest(
  hardware: Hardware,
  limits: GuestLimits,
  watcher: GuestWatcher,
  signal: AbortSignal,
): Promise<GuestRun> {
  signal.throwIfAborted();
  const child = start(hardware, CHANNELS, {
    stdio: ["ignore", "ignore", "pipe", "pipe", "pipe", "pipe", "pipe"],
    // In its own process group it does not get the terminal's Ctrl-C, which the lab handles.
    detached: true,
  });
  const endWithUs = () => void child.kill("SIGKILL");
  process.on("exit", endWithUs);
  try {
    return await new GuestFollower(child, limits, watcher).follow(signal);
  } finally {
    await end(child);
    process.off("exit", endWithUs);
  }
}

/** Runs a guest whose console is this terminal, until it ends or the signal ends it. */
export async function runInTerminal(hardware: Hardware, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const channels = { console: { terminal: true } as const, ports: [] };
  const child = start(hardware, channels, { stdio: ["inherit", "inherit", "inherit"] });
  const abort = () => void child.kill("SIGTERM");
  signal.addEventListener("abort", abort);
  try {
    await new Promise<void>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", () => resolve());
    });
  } finally {
    signal.removeEventListener("abort", abort);
  }
  signal.throwIfAborted();
}

/** Starts qemu without privilege, with the hardware's files open after the descriptors in `stdio`. */
function start(
  hardware: Hardware,
  channels: Pick<MachineSpec, "console" | "ports">,
  options: SpawnOptions & { stdio: (IOType | number)[] },
): ChildProcess {
  const user = guestUser(hardware.accelerator);
  const files = openGuestFiles(hardware, user, options.stdio.length);
  try {
    const args = qemuArguments({ ...files.hardware, ...channels });
    const confined = confinedCommand(user, QEMU, args);
    return spawn(confined.program, confined.args, {
      ...options,
      stdio: [...options.stdio, ...files.descriptors],
    });
  } finally {
    files.close();
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}
