import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A MariaDB server of one test alone: its own directory, a socket file, no network. It uses io_uring and O_DIRECT. */
export class MariadbServer {
  readonly data: string;
  readonly #socket: string;
  readonly #process: ChildProcess;

  private constructor(folder: string, log: string) {
    this.data = join(folder, "data");
    this.#socket = join(folder, "socket");
    mkdirSync(this.data);
    chmodSync(folder, 0o777);
    execFileSync("chown", ["nobody", this.data]);
    const install = ["--no-defaults", "--user=nobody", `--datadir=${this.data}`];
    const auth = "--auth-root-authentication-method=normal";
    execFileSync("mariadb-install-db", [...install, auth, "--skip-test-db"], { stdio: "ignore" });
    const flushed = ["--innodb-flush-method=O_DIRECT", "--innodb-use-native-aio=1"];
    // Pages must be written soon: with the defaults a short run sends no request at all.
    const soon = ["--innodb-buffer-pool-size=8M", "--innodb-max-dirty-pages-pct=0"];
    const place = [`--socket=${this.#socket}`, "--skip-networking", `--log-error=${log}`];
    this.#process = spawn("mariadbd", [...install, ...place, ...flushed, ...soon], {
      stdio: "ignore",
    });
  }

  /** `folder` is that of the test alone; everybody may write to it afterwards. */
  static async start(folder: string): Promise<MariadbServer> {
    const log = join(folder, "server.err");
    const server = new MariadbServer(folder, log);
    for (let tries = 0; !server.#canConnect(); tries += 1) {
      if (tries === 300 || server.#process.exitCode !== null) {
        assert.fail(`the server does not start: ${readFileSync(log, "utf8")}`);
      }
      await sleep(200);
    }
    assert.match(readFileSync(log, "utf8"), /Using io_uring/);
    return server;
  }

  get pid(): number {
    return this.#process.pid as number;
  }

  /** A script of sysbench, on two small tables. */
  async sysbench(script: string, command: string, ...more: string[]): Promise<void> {
    const driver = ["--db-driver=mysql", `--mysql-socket=${this.#socket}`, "--mysql-user=root"];
    const size = ["--tables=2", "--table-size=5000", "--threads=2", "--time=2"];
    const args = [script, ...driver, ...size, ...more, command];
    const [code] = await once(spawn("sysbench", args, { stdio: "ignore" }), "exit");
    assert.equal(code, 0, `sysbench ${script} ${command}`);
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGTERM");
    await ended;
  }

  #canConnect(): boolean {
    try {
      const args = ["--no-defaults", `--socket=${this.#socket}`, "-uroot", "-e"];
      execFileSync("mariadb", [...args, "CREATE DATABASE IF NOT EXISTS sbtest"], {
        stdio: "ignore",
      });
      return true;
    } catch {
      return false;
    }
  }
}
