import type { Command } from "commander";
import type { Scenario } from "../../results/schema.js";
import {
  DURABILITIES,
  INODE_STATES,
  IOS,
  OPERATIONS,
  type Operation,
  PAGE_CACHE_STATES,
  RINGS,
  type Ring,
  syncsGroups,
} from "../../results/vocabulary.js";
import { UsageError } from "../../terminal/errors.js";
import { integer, list, word, words } from "../../terminal/option-values.js";
import { parseDurationNs } from "../../terminal/units.js";

/** What each request is, and what it goes through. Members that are absent have their default: plain O_DIRECT writes. */
export type Variant = Pick<
  Scenario,
  | "operation"
  | "readPercent"
  | "io"
  | "durability"
  | "groupWrites"
  | "vectored"
  | "fixedFiles"
  | "files"
  | "rings"
  | "ring"
  | "iowqWorkers"
  | "statIntervalNs"
  | "extents"
  | "inode"
  | "pageCache"
  | "drained"
  | "blockSizeMaxBytes"
  | "thinkRequests"
  | "thinkTimeNs"
>;

/** Writes that share an fdatasync, where the option does not say. */
export const DEFAULT_GROUP_WRITES = 8;

/** Options as commander hands them over. */
export interface RawStreamOptions {
  operation?: string;
  io?: string;
  durability?: string;
  vectored?: boolean;
  fixedFiles?: boolean;
  files?: string;
  rings?: string;
  ring: string;
  iowqWorkers?: string;
  statEvery?: string;
  extents?: string;
  inode?: string;
  pageCache?: string;
  drained?: boolean;
  thinkTime?: string;
}

/** The options that choose what each request is. */
export function withStreamOptions(command: Command): Command {
  return command
    .optionsGroup("What each request is, see bench/run/streams.md:")
    .option("--operation <list>", `${OPERATIONS.join(", ")}; readwrite:70 is 70 % reads`)
    .option("--io <list>", IOS.join(", "))
    .option("--durability <list>", `${DURABILITIES.join(", ")}:N`)
    .option("--vectored", "readv and writev")
    .option("--fixed-files", "register the files, but not the buffers")
    .option("--files <list>", "files that the requests take turns in")
    .option("--extents <list>", "extents that each file is in, apart on the device; 1: as it comes")
    .option("--inode <list>", `${INODE_STATES.join(", ")}; cold only in the lab`)
    .option("--page-cache <list>", `${PAGE_CACHE_STATES.join(", ")}: all pages of the files`)
    .option("--drained", "each request waits for all before it (IOSQE_IO_DRAIN)")
    .option("--rings <list>", "rings, a thread each")
    .option("--ring <list>", `flags of the rings: ${RINGS.join(", ")}`, "best")
    .option("--iowq-workers <list>", "most bounded io-wq workers")
    .option("--stat-every <time>", "a statx of the files beside the requests");
}

/** The product of the dimensions. */
export function variantsOf(raw: RawStreamOptions): Variant[] {
  const dimensions: (readonly Variant[])[] = [
    list(raw.operation ?? "write", "--operation").map(operationOf),
    words(raw.io ?? "direct", IOS, "--io").map((io) => (io === "direct" ? {} : { io })),
    list(raw.durability ?? "none", "--durability").map(durabilityOf),
    [flagsOf(raw)],
    counts(raw.files, "--files", 4096).map((files) => (files > 1 ? { files } : {})),
    counts(raw.extents, "--extents", 65_536).map((extents) => (extents > 1 ? { extents } : {})),
    words(raw.inode ?? "warm", INODE_STATES, "--inode").map((inode) =>
      inode === "warm" ? {} : { inode },
    ),
    words(raw.pageCache ?? "empty", PAGE_CACHE_STATES, "--page-cache").map((pageCache) =>
      pageCache === "empty" ? {} : { pageCache },
    ),
    counts(raw.rings, "--rings", 256).map((rings) => (rings > 1 ? { rings } : {})),
    ringsOf(raw),
    raw.iowqWorkers === undefined
      ? [{}]
      : counts(raw.iowqWorkers, "--iowq-workers", 4096).map((iowqWorkers) => ({ iowqWorkers })),
    [statOf(raw)],
    raw.thinkTime === undefined ? [{}] : list(raw.thinkTime, "--think-time").map(pauseOf),
  ];
  return dimensions.reduce<Variant[]>(
    (variants, values) =>
      variants.flatMap((variant) => values.map((value) => ({ ...variant, ...value }))),
    [{}],
  );
}

function flagsOf({ vectored, fixedFiles, drained }: RawStreamOptions): Variant {
  return {
    ...(vectored && { vectored }),
    ...(fixedFiles && { fixedFiles }),
    ...(drained && { drained }),
  };
}

/** The flags of all rings of a run, where they are no dimension. */
export function commonRing({ ring }: RawStreamOptions): Ring {
  const [only = "best", ...others] = words(ring, RINGS, "--ring");
  return others.length === 0 && !POLLING.includes(only) ? only : "best";
}

/** These change who submits or how completions are found, so they are never taken for the same scenario. */
const POLLING: readonly Ring[] = ["sqpoll", "iopoll"];

function ringsOf(raw: RawStreamOptions): Variant[] {
  const rings = words(raw.ring, RINGS, "--ring");
  if (rings.length === 1 && commonRing(raw) === rings[0]) return [{}];
  return rings.map((ring) => (ring === "best" ? {} : { ring }));
}

function counts(text: string | undefined, option: string, most: number): number[] {
  return list(text ?? "1", option).map((value) => integer(value, option, 1, most));
}

function statOf({ statEvery }: RawStreamOptions): Variant {
  if (statEvery === undefined) return {};
  const statIntervalNs = parseDurationNs(statEvery, "--stat-every");
  if (statIntervalNs > 0) return { statIntervalNs };
  throw new UsageError("--stat-every 0: it needs a pause", "Write for example --stat-every 1ms.");
}

/** "1ms:8": 1 ms when every 8 requests have completed; "1ms": after each. "0" is none. */
function pauseOf(text: string): Variant {
  const [pause = "", requests = "1"] = text.split(":");
  const thinkTimeNs = parseDurationNs(pause, "--think-time");
  if (thinkTimeNs === 0) return {};
  return { thinkTimeNs, thinkRequests: integer(requests, "--think-time", 1, 1_000_000) };
}

function durabilityOf(text: string): Variant {
  const [name = "", group] = text.split(":");
  const durability = word(name, DURABILITIES, "--durability");
  if (syncsGroups(durability)) {
    const groupWrites = integer(
      group ?? String(DEFAULT_GROUP_WRITES),
      `--durability ${durability}`,
      1,
      1_000_000,
    );
    return { durability, groupWrites };
  }
  if (group !== undefined) {
    throw new UsageError(
      `--durability ${text}: only group-fdatasync and group-fsync have a number`,
      "Write for example group-fdatasync:8.",
    );
  }
  return durability === "none" ? {} : { durability };
}

function operationOf(text: string): Variant {
  const [name = "", percent] = text.split(":");
  const operation: Operation = word(name, OPERATIONS, "--operation");
  if (operation === "readwrite") {
    const readPercent = integer(percent ?? "50", "--operation readwrite", 1, 99);
    return { operation, readPercent };
  }
  if (percent !== undefined) {
    throw new UsageError(
      `--operation ${text}: only readwrite has a share of reads`,
      "Write for example readwrite:70.",
    );
  }
  return operation === "write" ? {} : { operation };
}
