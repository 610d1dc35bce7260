import { realpathSync, statfsSync } from "node:fs";
import { release, version } from "node:os";
import { type Driver, type NowaitAnswers, ORACLES, type Oracle } from "../../native/index.js";
import { PREPARATIONS, type Preparation } from "../../results/vocabulary.js";
import { checkBlockSize, directIoAlignment } from "../environment/direct-io.js";
import { INODE_FLAGS } from "../environment/inode-flags.js";
import { ringRefused } from "../environment/io-uring.js";
import { mountOf } from "../environment/mount.js";
import type { ScratchDirectory } from "../environment/scratch.js";
import { runningKernelVersion } from "../rules/kernel-version.js";
import { ask } from "./ask.js";
import { expectation, type Place } from "./expectation.js";
import { type Explanation, explain } from "./explain.js";
import { combinedVerdict, shortAnswer, type Verdict } from "./verdict.js";

/** One preparation; field names are stable, they are those of `--json`. */
export interface PreparationReport extends Explanation {
  preparation: Preparation;
  verdict: Verdict;
  /** "ok", or the errno name: the answer to a write after a pause. null: this oracle cannot be asked. */
  oracles: Record<Oracle, string | null>;
  /** All answers in order: within the clock tick of the last timestamp update, and after a pause. */
  answers: Record<Oracle, { fresh: string[]; later: string[] } | null>;
}

export interface ProbeReport {
  directory: string;
  filesystem: string;
  kernelRelease: string;
  blockSizeBytes: number;
  /** Why an oracle cannot be asked; null for those that were. */
  unavailable: Record<Oracle, string | null>;
  preparations: PreparationReport[];
}

/** Asks for every preparation. Throws a UserError where the directory cannot be written with O_DIRECT. */
export async function probe(
  driver: Driver,
  scratch: ScratchDirectory,
  directory: string,
  blockSizeBytes: number,
  signal: AbortSignal,
): Promise<ProbeReport> {
  const mount = mountOf(realpathSync(scratch.path));
  const filesystem = mount?.type ?? "unknown";
  checkBlockSize(blockSizeBytes, directIoAlignment(driver, scratch, filesystem));
  const place = placeOf(driver, scratch.path, blockSizeBytes);
  const unavailable: ProbeReport["unavailable"] = { ioUring: null, pwritev2: null, libaio: null };
  const preparations: PreparationReport[] = [];
  for (const preparation of PREPARATIONS) {
    // Signals are handled between the preparations, each of which takes about 50 ms.
    await new Promise(setImmediate);
    signal.throwIfAborted();
    const answers = ask(driver, scratch, preparation, blockSizeBytes);
    preparations.push(
      answers === null ? unsupported(preparation) : report(preparation, answers, place),
    );
    for (const oracle of ORACLES) unavailable[oracle] ??= reason(oracle, answers?.[oracle] ?? null);
  }
  return {
    directory,
    filesystem,
    kernelRelease: release(),
    blockSizeBytes,
    unavailable,
    preparations,
  };
}

/** What the rules need to know of a directory in which files are made. */
export function placeOf(driver: Driver, directory: string, blockSizeBytes: number): Place {
  const mount = mountOf(realpathSync(directory));
  const flags = driver.inodeFlags(directory) ?? 0;
  const mountOptions = mount?.options ?? [];
  return {
    filesystem: mount?.type ?? "unknown",
    kernel: runningKernelVersion(release(), version()),
    mountOptions,
    noCow: (flags & INODE_FLAGS.noCow) !== 0 || mountOptions.includes("nodatacow"),
    dataJournal: (flags & INODE_FLAGS.dataJournal) !== 0,
    aligned: blockSizeBytes % statfsSync(directory).bsize === 0,
  };
}

function report(
  preparation: Preparation,
  answers: Record<Oracle, NowaitAnswers>,
  place: Place,
): PreparationReport {
  const verdict = combinedVerdict(answers);
  return {
    preparation,
    verdict,
    oracles: byOracle((oracle) => shortAnswer(answers[oracle])),
    ...explain(verdict, answers, expectation(preparation, place)),
    answers: byOracle((oracle) => {
      const { unavailable, fresh, later } = answers[oracle];
      return unavailable === null ? { fresh, later } : null;
    }),
  };
}

function unsupported(preparation: Preparation): PreparationReport {
  return {
    preparation,
    verdict: "unknown",
    oracles: byOracle(() => null),
    cause: "unsupported-preparation",
    why: "this filesystem does not support the preparation (fallocate: EOPNOTSUPP)",
    kernelFunction: null,
    curedBy: null,
    answers: byOracle(() => null),
  };
}

function byOracle<T>(value: (oracle: Oracle) => T): Record<Oracle, T> {
  return { ioUring: value("ioUring"), pwritev2: value("pwritev2"), libaio: value("libaio") };
}

function reason(oracle: Oracle, answers: NowaitAnswers | null): string | null {
  const error = answers?.unavailable ?? null;
  if (error === null) return null;
  return oracle === "ioUring" ? ringRefused(error).message : error.message;
}
