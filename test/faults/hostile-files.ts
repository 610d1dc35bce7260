import { randomBytes } from "node:crypto";
import { deflateSync } from "node:zlib";
import { fixtureLines, type Line } from "../analysis/fixture.js";

/** What a person with bad intentions, a broken disk or a careless script makes of a results file. */
export interface HostileFile {
  name: string;
  bytes(): Buffer;
}

const SMALL = { kernelLabel: "6.12", rounds: 2, writes: 32, queueDepths: [8] } as const;
const MARKUP = "</script><b>HOSTILE</b>";

const lines = (): Line[] => [...fixtureLines(SMALL)];
const text = (all: readonly unknown[]) => all.map((line) => `${JSON.stringify(line)}\n`).join("");
const whole = () => text(lines());

/** A run in which each line of one kind was changed. */
function changed(kind: Line["type"], change: (line: Record<string, unknown>) => unknown): string {
  return text(
    lines().map((line) =>
      line.type === kind ? change({ ...line } as Record<string, unknown>) : line,
    ),
  );
}

const labelled = (label: unknown) =>
  changed("header", (header) => ({ ...header, kernelLabel: label }));
const measured = (change: (measurement: Record<string, unknown>) => unknown) =>
  changed("trial", (trial) => ({
    ...trial,
    measurement: change({ ...(trial.measurement as Record<string, unknown>) }),
  }));
const withHistogram = (encoded: string) =>
  measured((all) => ({ ...all, latency: { ...(all.latency as object), histogram: encoded } }));

/** HdrHistogram V2, compressed, with this payload of counts. */
function histogram(payload: readonly number[], declaredBytes = payload.length): string {
  const inner = Buffer.alloc(40 + payload.length);
  inner.writeUInt32BE(0x1c849303, 0);
  inner.writeInt32BE(declaredBytes, 4);
  inner.writeInt32BE(3, 12);
  inner.writeBigInt64BE(1n, 16);
  inner.writeBigInt64BE(2n ** 53n, 24);
  inner.set(payload, 40);
  const body = deflateSync(inner);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(0x1c849304, 0);
  head.writeUInt32BE(body.length, 4);
  return Buffer.concat([head, body]).toString("base64");
}

const CONTENTS: Readonly<Record<string, () => string | Buffer>> = {
  "an empty file": () => "",
  "a line feed": () => "\n",
  zeros: () => Buffer.alloc(1 << 20),
  "random bytes": () => randomBytes(1 << 20),
  "a header only": () => text(lines().slice(0, 1)),
  "a footer only": () => text(lines().slice(-1)),
  "no header": () => text(lines().slice(1)),
  "two headers": () => text([lines()[0], ...lines()]),
  "the same run twice": () => whole() + whole(),
  "the same trial twice": () =>
    text(
      lines()
        .flatMap((line) => [line, line])
        .slice(1),
    ),
  "cut in a line": () => whole().slice(0, -700),
  "bytes lost in the middle": () => whole().slice(0, 9000) + whole().slice(9500),
  "CRLF and a byte order mark": () => `\ufeff${whole().replaceAll("\n", "\r\n")}`,
  "UTF-16": () => Buffer.from(whole(), "utf16le"),
  "broken UTF-8": () => Buffer.from(whole().replace("6.12", "6.\u00ff12"), "latin1"),
  "arrays in place of objects": () => '[]\n[[]]\nnull\n1\n""\n',
  "arrays 100,000 deep": () => `${"[".repeat(1e5)}\n${whole()}`,
  "members called __proto__": () => whole().replaceAll('"environment":', '"__proto__":'),
  "members called constructor": () =>
    changed("trial", (line) => ({ ...line, constructor: 1, toString: 1 })),
  "a line of 64 MiB": () => `${whole()}{"type":"${"x".repeat(64 << 20)}"}\n`,
  "a million empty lines": () => "\n".repeat(1e6) + whole(),
  "escape sequences in the label": () => labelled("6.1\u001b[31m\u001b]0;t\u0007"),
  "a shell command in the label": () => labelled("6.1\ntouch /tmp/owned; $(id) `id` 'x"),
  "markup in the label": () => labelled(MARKUP),
  "a formula in the label": () => labelled('=HYPERLINK("x")'),
  "a label that turns the direction": () => labelled("6.1\u202e\u2066"),
  "a label of 100,000 characters": () => labelled("a b ".repeat(25_000)),
  "a label of another type": () => labelled({ toString: 1 }),
  "escape sequences in a reason": () =>
    changed("trial", (line) => ({ ...line, status: "failed", reason: `\u001b[2J\n${MARKUP}` })),
  "a histogram that is no base64": () => withHistogram("!!!\u001b[31m"),
  "a histogram that is cut": () => withHistogram(histogram([2, 2, 2]).slice(0, 30)),
  "a histogram of 134 million buckets": () =>
    withHistogram(histogram([0xff, 0xff, 0xff, 0x7f, 0x02])),
  "a histogram with numbers without end": () =>
    withHistogram(histogram([...Array(300).fill(0x80), 0x02, 0x02])),
  "a histogram that says another length": () => withHistogram(histogram([2, 2], 2 ** 31 - 1)),
  "numbers near the largest": () =>
    measured((all) => ({ ...all, wallNs: 1e308, puntCount: 1e308 })),
  "negative numbers": () => measured((all) => ({ ...all, wallNs: -1, puntCount: -5 })),
  "times of zero": () => measured((all) => ({ ...all, wallNs: 0, completed: 0 })),
  "texts in place of numbers": () =>
    measured((all) => ({ ...all, wallNs: "1", puntCount: "\u001b" })),
  "no measurements": () => changed("trial", (line) => ({ ...line, measurement: null })),
  "a version of the future": () => changed("header", (line) => ({ ...line, schemaVersion: 99 })),
};

export const HOSTILE_FILES: readonly HostileFile[] = Object.entries(CONTENTS).map(
  ([name, content]) => ({ name, bytes: () => Buffer.from(content() as string) }),
);
