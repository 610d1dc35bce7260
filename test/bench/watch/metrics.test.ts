import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { parseListenAddress } from "../../../bench/watch/listen-address.js";
import { OTHER, WatchMetrics } from "../../../bench/watch/metrics.js";
import { serveMetrics } from "../../../bench/watch/metrics-server.js";
import type { Observation } from "../../../bench/watch/observation.js";
import { packageRoot } from "../../../terminal/package-root.js";
import { cannotRun } from "../../support/kernel.js";
import { observation, reportOf } from "../../support/observations.js";

/** Another file of the suite may listen on its own port: each of the tests here takes the next one. */
let lastPort = 20_000 + (process.pid % 20_000);
const nextAddress = () => {
  lastPort += 1;
  return { host: "127.0.0.1", port: lastPort };
};

function metricsOf(observations: Observation[], limit = 10): WatchMetrics {
  const metrics = new WatchMetrics(limit);
  metrics.add(reportOf(observations));
  return metrics;
}

test("counters add up over intervals, in base units", async () => {
  const metrics = metricsOf([observation({ requests: 10, punts: 4, puntedNsP99: 2_000_000 })]);
  metrics.add(reportOf([observation({ requests: 5, punts: 1, puntedNsP99: 4_000_000 })]));
  const text = await metrics.registry.metrics();
  const row = 'process="db",file="/data/a",operation="write"';
  assert.ok(text.includes(`puntbench_watch_requests_total{${row}} 15`), text);
  assert.ok(text.includes(`puntbench_watch_punted_requests_total{${row},reason="refused"} 5`));
  assert.ok(text.includes(`puntbench_watch_transferred_bytes_total{${row}} ${15 * 4096}`));
  assert.ok(text.includes(`puntbench_watch_latency_p99_seconds{${row},path="punted"} 0.004`));
  assert.match(text, /^puntbench_watch_worker_cpu_seconds_total 2$/m);
});

test("blocked submitters are counted by process, in seconds, with a bounded number of processes", async () => {
  const metrics = new WatchMetrics(1);
  const stall = { count: 9, blockedNs: 5e8, maxNs: 1e8, long: 4, durations: [] };
  const stalls = ["db", "web", "job"].map((processName, process) => ({
    process,
    processName,
    ...stall,
  }));
  metrics.add({ ...reportOf([]), stalls });
  const text = await metrics.registry.metrics();
  assert.match(text, /^puntbench_watch_submitter_blocked_total\{process="db"\} 4$/m);
  assert.match(text, /^puntbench_watch_submitter_blocked_total\{process="other"\} 8$/m);
  assert.match(text, /^puntbench_watch_submitter_blocked_seconds_total\{process="db"\} 0.5$/m);
});

test("the number of series is bounded: files beyond the limit are added up, and no counter falls", async () => {
  const files = (first: number) =>
    Array.from({ length: 50 }, (_, index) =>
      observation({ file: `/data/${first + index}`, requests: 2 }),
    );
  const metrics = metricsOf(files(0), 3);
  metrics.add(reportOf(files(1)));
  const { values } = (await metrics.registry.getMetricsAsJSON()).find(
    ({ name }) => name === "puntbench_watch_requests_total",
  ) as unknown as { values: { value: number; labels: { file: string } }[] };
  assert.deepEqual(
    values.map(({ labels, value }) => [labels.file, value]),
    [
      ["/data/0", 2],
      ["/data/1", 4],
      ["/data/2", 4],
      [OTHER, 190],
    ],
  );
});

test("promtool finds nothing to object to, also with hostile names", {
  skip: cannotRun("promtool", "--version"),
}, async () => {
  const file = '/data/"quote"\\back\nline{}';
  const metrics = metricsOf([observation({ file, processName: 'a"b', puntedNsP99: 1e6 })]);
  const input = await metrics.registry.metrics();
  const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], { input });
  assert.equal(status, 0, `${stdout}${stderr}\n${input}`);
  assert.equal(`${stdout}${stderr}`, "");
});

test("the dashboard asks only for metrics and labels that exist, and for each of them", async () => {
  const path = join(packageRoot(), "bench/watch/grafana/dashboard.json");
  const asked = readFileSync(path, "utf8").match(/puntbench_watch_\w+/g) ?? [];
  const known = (await new WatchMetrics(1).registry.getMetricsAsJSON()).map(({ name }) => name);
  assert.deepEqual([...new Set(asked)].sort(), known.sort());
});

test("addresses: a port alone means loopback, and names and nonsense are refused", () => {
  assert.deepEqual(parseListenAddress("9464"), { host: "127.0.0.1", port: 9464 });
  assert.deepEqual(parseListenAddress("[::1]:1"), { host: "::1", port: 1 });
  for (const text of ["", "localhost:9464", "127.0.0.1", "127.0.0.1:0", "1.2.3.4:70000", ":9464"]) {
    assert.throws(() => parseListenAddress(text), /not an IP address and port/, text);
  }
});

test("only GET /metrics is answered, and a port in use is one line with a remedy", async () => {
  const address = nextAddress();
  const { registry } = metricsOf([observation({})]);
  const server = await serveMetrics(registry, address);
  try {
    const ask = (path: string, method = "GET") =>
      fetch(`http://127.0.0.1:${address.port}${path}`, { method });
    const good = await ask("/metrics");
    assert.equal(good.status, 200);
    assert.match(good.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
    assert.match(await good.text(), /puntbench_watch_requests_total/);
    assert.equal((await ask("/")).status, 404);
    assert.equal((await ask("/metrics/../etc/passwd")).status, 404);
    assert.equal((await ask("/metrics", "POST")).status, 405);
    await assert.rejects(serveMetrics(registry, address), /cannot listen there \(EADDRINUSE\)/);
  } finally {
    server.close();
  }
});

test("requests that are no HTTP, or too large, do not stop the server, and close ends open connections", async () => {
  const address = nextAddress();
  const server = await serveMetrics(metricsOf([observation({})]).registry, address);
  const closed = (bytes: string) =>
    new Promise<string>((resolve) => {
      const socket = connect(address, () => socket.write(bytes));
      let answer = "";
      socket.on("data", (data) => {
        answer += data;
      });
      socket.on("error", () => undefined);
      socket.on("close", () => resolve(answer));
    });
  try {
    assert.match(await closed("\u0016\u0003\u0001 no http\r\n\r\n"), /^HTTP\/1\.1 400/);
    const large = `GET /metrics HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(20_000)}\r\n\r\n`;
    assert.match(await closed(large), /^HTTP\/1\.1 431/);
    assert.equal((await fetch(`http://127.0.0.1:${address.port}/metrics`)).status, 200);
    const silent = closed("GET /metrics HTTP/1.1\r\n");
    await new Promise((resolve) => setTimeout(resolve, 50));
    server.close();
    await silent;
    await assert.rejects(fetch(`http://127.0.0.1:${address.port}/metrics`));
  } finally {
    server.close();
  }
});
