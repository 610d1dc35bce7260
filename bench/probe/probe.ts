import { release } from "node:os";
import { type Driver, type NowaitAnswers, ORACLES, type Oracle } from "../../native/index.js";
import { PREPARATIONS, type Preparation } from "../../results/vocabulary.js";
import { checkBlockSizes, directIoAlignment } from "../environment/direct-io.js";
import { ringRefused } from "../environment/io-uring.js";
import type { ScratchDirectory } from "../environment/scratch.js";
import { predictPrepared } from "../rules/preparation.js";
import type { WriteQuestion } from "../rules/question.js";
import { ask } from "./ask.js";
import { type NamedCause, nameCause } from "./name-cause.js";
import { questionAbout } from "./question-about.js";
import { combinedVerdict, type ProbeVerdict, shortAnswer } from "./verdict.js";

/** One preparation; field names are stable, they are those of `--json`. */
export interface PreparationReport extends NamedCause {
  preparation: Preparation;
  verdict: ProbeVerdict;
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
  const question = questionAbout(driver, scratch.path, blockSizeBytes);
  const { filesystem } = question;
  checkBlockSizes([blockSizeBytes], directIoAlignment(driver, scratch, filesystem));
  const unavailable: ProbeReport["unavailable"] = { ioUring: null, pwritev2: null, libaio: null };
  const preparations: PreparationReport[] = [];
  for (const preparation of PREPARATIONS) {
    // Signals are handled between the preparations, each of which takes about 50 ms.
    await new Promise(setImmediate);
    signal.throwIfAborted();
    const answers = ask(driver, scratch, preparation, blockSizeBytes);
    preparations.push(
      answers === null ? unsupported(preparation) : report(preparation, answers, question),
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

function report(
  preparation: Preparation,
  answers: Record<Oracle, NowaitAnswers>,
  question: WriteQuestion,
): PreparationReport {
  const verdict = combinedVerdict(answers);
  return {
    preparation,
    verdict,
    oracles: byOracle((oracle) => shortAnswer(answers[oracle])),
    ...nameCause(verdict, answers, predictPrepared(preparation, question)),
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
