import type { Command } from "commander";
import type { Scenario } from "../../results/schema.js";
import { DURABILITIES, IOS, OPERATIONS, type Operation } from "../../results/vocabulary.js";
import { UsageError } from "../../terminal/errors.js";
import { integer, list, word, words } from "../../terminal/option-values.js";

/** What each request is. Members that are absent have their default: a plain O_DIRECT write. */
export type Variant = Pick<
  Scenario,
  "operation" | "readPercent" | "io" | "durability" | "vectored" | "fixedFiles" | "iowqWorkers"
>;

/** Options as commander hands them over. */
export interface RawStreamOptions {
  operation?: string;
  io?: string;
  durability?: string;
  vectored?: boolean;
  fixedFiles?: boolean;
  iowqWorkers?: string;
}

/** The options that choose what each request is. */
export function withStreamOptions(command: Command): Command {
  return command
    .option("--operation <list>", "write, read, readwrite:70 (70 % reads), fsync (default: write)")
    .option("--io <list>", `${IOS.join(", ")} (RWF_DONTCACHE) (default: direct)`)
    .option("--durability <list>", `of writes: ${DURABILITIES.join(", ")} (default: none)`)
    .option("--vectored", "readv and writev instead of read and write")
    .option("--fixed-files", "register the files, but not the buffers")
    .option("--iowq-workers <list>", "most bounded io-wq workers (default: the kernel's limit)");
}

/** The product of the dimensions. */
export function variantsOf(raw: RawStreamOptions): Variant[] {
  const operations = list(raw.operation ?? "write", "--operation").map(operationOf);
  const ios = words(raw.io ?? "direct", IOS, "--io");
  const durabilities = words(raw.durability ?? "none", DURABILITIES, "--durability");
  const switches = {
    ...(raw.vectored && { vectored: true }),
    ...(raw.fixedFiles && { fixedFiles: true }),
  };
  return operations.flatMap((operation) =>
    ios.flatMap((io) =>
      durabilities.flatMap((durability) =>
        workerLimits(raw).map((limit) => ({
          ...operation,
          ...(io !== "direct" && { io }),
          ...(durability !== "none" && { durability }),
          ...switches,
          ...limit,
        })),
      ),
    ),
  );
}

function workerLimits({ iowqWorkers }: RawStreamOptions): Pick<Scenario, "iowqWorkers">[] {
  if (iowqWorkers === undefined) return [{}];
  return list(iowqWorkers, "--iowq-workers").map((text) => ({
    iowqWorkers: integer(text, "--iowq-workers", 1, 4096),
  }));
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
