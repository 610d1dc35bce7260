import { isIP } from "node:net";
import { UsageError } from "../../terminal/errors.js";

/** Where metrics are served. */
export interface ListenAddress {
  host: string;
  port: number;
}

export const LISTEN_EXAMPLE = "Write it like 127.0.0.1:9464 or [::1]:9464.";

/** `127.0.0.1:9464`, `[::1]:9464`; a port alone means loopback. Names are refused: they may mean any interface. */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(?:(?:\[([^\]]+)\]|([^:[\]]+)):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2] ?? "127.0.0.1";
  if (!match || port < 1 || port > 65_535 || isIP(host) === 0) {
    throw new UsageError(`--metrics ${text}: not an IP address and port`, LISTEN_EXAMPLE);
  }
  return { host, port };
}

export function isLoopback(host: string): boolean {
  return host === "::1" || host.startsWith("127.");
}
