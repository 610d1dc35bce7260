import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { dropCaches } from "../../../bench/explain/injected/file-states.js";

/*
 * Runs in a guest of the lab: node mariadb-in-guest.js FOLDER SCRATCH. Starts the MariaDB server of FOLDER with its data
 * on SCRATCH, lets sysbench make tables and write to them, and prints what `puntbench watch --json` saw at its end.
 */
const [folder, scratch] = process.argv.slice(2) as [string, string];
const puntbench = join(dirname(process.argv[1] as string), "../../../cli.js");
const data = join(scratch, "data");
const socket = "/tmp/mariadb.socket";
const log = join(scratch, "server.err");

function startServer() {
  const place = ["--no-defaults", "--user=root", `--datadir=${data}`, `--socket=${socket}`];
  const words = [
    `--lc-messages-dir=${folder}/share`,
    `--character-sets-dir=${folder}/share/charsets`,
  ];
  const alone = ["--skip-networking", `--log-error=${log}`, "--innodb-log-file-size=8M"];
  const direct = ["--innodb-flush-method=O_DIRECT", "--innodb-use-native-aio=1"];
  // Pages must be written soon: with the defaults a short run sends few requests.
  const soon = ["--innodb-buffer-pool-size=8M", "--innodb-max-dirty-pages-pct=0"];
  return spawn("mariadbd", [...place, ...words, ...alone, ...direct, ...soon], { stdio: "ignore" });
}

function sysbench(command: string): void {
  const driver = ["--db-driver=mysql", `--mysql-socket=${socket}`, "--mysql-user=root"];
  const size = ["--tables=1", "--table-size=2000", "--threads=2", "--time=5"];
  execFileSync("sysbench", ["./oltp_write_only.lua", ...driver, ...size, command], {
    cwd: join(folder, "sysbench"),
    stdio: ["ignore", "ignore", "inherit"],
  });
}

cpSync(join(folder, "data"), data, { recursive: true });
// A server has not just copied its own files: their pages are not in the page cache.
await dropCaches();
const server = startServer();
const read = () => (existsSync(log) ? readFileSync(log, "utf8") : "");
for (let tries = 0; !read().includes("ready for connections"); tries += 1) {
  assert.ok(tries < 1500 && server.exitCode === null, `the server does not start: ${read()}`);
  await sleep(200);
}
assert.match(read(), /Using io_uring/);
const watch = spawn(process.execPath, [puntbench, "watch", "--pid", `${server.pid}`, "--json"], {
  stdio: ["ignore", "pipe", "inherit"],
});
let lines = "";
watch.stdout.on("data", (text) => {
  lines += text;
});
// Its first interval has ended, so it sees what comes now.
while (!lines.includes("\n")) {
  assert.equal(watch.exitCode, null, "watch has ended");
  await sleep(100);
}
sysbench("prepare");
sysbench("run");
watch.kill("SIGINT");
await once(watch, "close");
server.kill("SIGTERM");
await once(server, "exit");
process.stdout.write(`${lines.trimEnd().split("\n").at(-1)}\n`);
