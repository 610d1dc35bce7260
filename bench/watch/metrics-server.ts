import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Registry } from "prom-client";
import { UsageError } from "../../terminal/errors.js";
import { isLoopback, LISTEN_EXAMPLE, type ListenAddress } from "./listen-address.js";
import { WatchMetrics } from "./metrics.js";
import type { Report } from "./report.js";

/** Slow or silent clients must not hold descriptors of a process that runs as root for weeks. */
const LIMITS = {
  maxHeaderSize: 8192,
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
};
const MOST_CONNECTIONS = 32;

/** The metrics of a watch, while they are served. */
export interface PublishedMetrics {
  add(interval: Report): void;
  close(): void;
}

/** Says on stderr where other hosts can read them: they hold names of files. */
export async function openMetrics(
  address: ListenAddress,
  limit: number,
): Promise<PublishedMetrics> {
  const metrics = new WatchMetrics(limit);
  const server = await serveMetrics(metrics.registry, address);
  if (!isLoopback(address.host)) {
    process.stderr.write(
      `puntbench: other hosts may read the names of files at ${address.host}:${address.port}\n`,
    );
  }
  return { add: (interval) => metrics.add(interval), close: () => server.close() };
}

/** Serves the registry at /metrics until `close`. Throws a UsageError where the address cannot be had. */
export async function serveMetrics(
  registry: Registry,
  { host, port }: ListenAddress,
): Promise<{ close(): void }> {
  const server = createServer(LIMITS, (request, response) => {
    void answer(registry, request, response);
  });
  server.maxConnections = MOST_CONNECTIONS;
  await listening(server, { host, port });
  return {
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function listening(server: Server, { host, port }: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", ({ code }: NodeJS.ErrnoException) => {
      const place = `--metrics ${host}:${port}: cannot listen there (${code})`;
      const used = "Another program uses this port: name a free one.";
      reject(new UsageError(place, code === "EADDRINUSE" ? used : LISTEN_EXAMPLE));
    });
    server.listen({ host, port, exclusive: true }, resolve);
  });
}

async function answer(
  registry: Registry,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method, url } = request;
  response.setHeader("X-Content-Type-Options", "nosniff");
  if (url !== "/metrics") return end(response, 404, "Metrics are at /metrics.\n");
  if (method !== "GET" && method !== "HEAD") {
    response.setHeader("Allow", "GET, HEAD");
    return end(response, 405, "Only GET and HEAD.\n");
  }
  response.setHeader("Content-Type", registry.contentType);
  response.end(await registry.metrics());
}

function end(response: ServerResponse, status: number, words: string): void {
  // What is left of the request's body is not read.
  response.writeHead(status, { "Content-Type": "text/plain", Connection: "close" });
  response.end(words);
}
