import type { WriteStream } from "node:tty";
import { jsonLine } from "../../terminal/quote.js";
import { wrapWords } from "../../terminal/wrap.js";
import { printed } from "./print.js";
import { evidenceLines } from "./print-causes.js";
import { dearest, type Report } from "./report.js";
import { Screen } from "./screen.js";

/** Where reports go. */
export interface Output {
  interval(report: Report): void;
  total(report: Report): void;
  /** Aborted when the reader ends the watch with a key. */
  ended: AbortSignal | null;
  close(): void;
}

/** One JSON object a line; or a table that is drawn again in place on a terminal; or a block of text for each interval. */
export function openOutput({ json, top }: { json: boolean; top: number }): Output {
  if (json) return jsonOutput(top);
  const { stdout, stdin } = process;
  if (!stdout.isTTY) return textOutput(top);
  return screenOutput(new Screen(stdout as WriteStream, stdin.isTTY ? stdin : null, top));
}

/** Of an interval the rows that a table would have; of the whole time every row. */
function jsonOutput(limit: number): Output {
  const line = (fields: object) => write(`${jsonLine(fields)}\n`);
  return {
    interval: (report) => line({ of: "interval", ...report, ...dearest(report, limit) }),
    total: (report) => line({ of: "total", ...report }),
    ended: null,
    close: () => undefined,
  };
}

function textOutput(limit: number): Output {
  const extent = { limit, width: Number.POSITIVE_INFINITY };
  return {
    interval: (report) => write(`${printed(report, extent)}\n`),
    total: (report) => summary(report, extent),
    ended: null,
    close: () => undefined,
  };
}

function screenOutput(screen: Screen): Output {
  return {
    interval: (report) => screen.show(report),
    total: (report) => {
      screen.close();
      // The cursor stands at the end of the line of keys.
      write("\n\n");
      summary(report, { limit: screen.limit, width: screen.output.columns });
    },
    ended: screen.ended,
    close: () => screen.close(),
  };
}

function summary(report: Report, extent: { limit: number; width: number }): void {
  write(`The whole time:\n\n${printed(report, extent)}\n`);
  for (const line of evidenceLines(report.observations, extent.limit)) {
    write(`${wrapWords(line, extent.width).join("\n")}\n`);
  }
}

function write(text: string): void {
  process.stdout.write(text);
}
