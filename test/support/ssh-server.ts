import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findProgram } from "../../terminal/find-program.js";
import { freePort } from "./free-port.js";

const missing = ["ansible-playbook", "ssh", "sshd"].filter((name) => findProgram(name) === null);
export const noSshServer: string | false =
  missing.length > 0
    ? `SKIPPED, needs ${missing.join(", ")}: ./scripts/bootstrap --fleet --dev`
    : process.getuid?.() !== 0 && "SKIPPED, sshd needs root";

/** Puts files in the places of others, for this process and its children alone, then becomes the rest of its words. */
const OVER_FILES =
  'while [ "$1" != -- ]; do mount --bind -- "$1" "$2"; shift 2; done; shift; exec "$@"';
const words = (over: Record<string, string>) => [...Object.entries(over).flat(), "--"];

/** An sshd of one test, on a port of the loopback: this machine as a host of a fleet. It takes one key. */
export class SshServer {
  private constructor(
    readonly port: number,
    readonly process: ChildProcess,
  ) {}

  /**
   * @param over files that stand in the place of others for it and what it starts: path -> the other's path
   */
  static async start(
    folder: string,
    key: { path: string; publicKey: string },
    { over = {} }: { over?: Record<string, string> } = {},
  ): Promise<SshServer> {
    const port = await freePort();
    const authorized = join(folder, "authorized_keys");
    writeFileSync(authorized, key.publicKey, { mode: 0o644 });
    // sshd gives up its privileges in this folder, which is empty and always the same one.
    mkdirSync("/run/sshd", { recursive: true });
    const settings = {
      Port: port,
      ListenAddress: "127.0.0.1",
      HostKey: key.path,
      AuthorizedKeysFile: authorized,
      PidFile: "none",
      UsePAM: "no",
      StrictModes: "no",
      PasswordAuthentication: "no",
      Subsystem: "sftp internal-sftp",
    };
    const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
    const sshd = [findProgram("sshd") as string, "-D", "-f", "/dev/null", ...options];
    const child = spawn(
      "unshare",
      ["--mount", "sh", "-euc", OVER_FILES, "sh", ...words(over), ...sshd],
      {
        stdio: ["ignore", "ignore", "inherit"],
      },
    );
    await sleep(500);
    assert.equal(child.exitCode, null, "sshd has ended");
    return new SshServer(port, child);
  }

  async stop(): Promise<void> {
    const ended = once(this.process, "exit");
    this.process.kill("SIGTERM");
    await ended;
  }
}
