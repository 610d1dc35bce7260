import { statfsSync, statSync } from "node:fs";
import { release, version } from "node:os";
import type { Driver, TrialRequest } from "../../native/index.js";
import { UserError } from "../../terminal/errors.js";
import { INODE_FLAGS } from "../environment/inode-flags.js";
import { mountOf } from "../environment/mount.js";
import { runningKernelVersion } from "../rules/kernel-version.js";
import type { Prediction } from "../rules/prediction.js";
import { type Attempt, attemptsOf } from "./attempts.js";
import type { Context } from "./attribution/context.js";
import { verdictOf } from "./attribution/verdict.js";
import type { Verdict } from "./causes.js";
import { type ExpectedWrite, isSetId, predictWrites } from "./predicted.js";
import type { Recorder, Recording } from "./recorder.js";

/** One write: what was expected of it, what it did, and why. */
export interface ObservedWrite {
  attempt: Attempt;
  predicted: Prediction;
  /** What is expected while the writes before it have not ended. */
  predictedEarly: Prediction;
  /** null: it did not punt. */
  verdict: Verdict | null;
}

/** A stream of writes that was traced. */
export interface ObservedStream {
  filesystem: string;
  kernelRelease: string;
  writes: ObservedWrite[];
  recording: Recording;
}

/**
 * Issues the writes of `request` to the file as it lies there, once, with tracing on. Never a timed trial: what
 * it measures is thrown away.
 */
export async function observe(
  driver: Driver,
  recorder: Recorder,
  request: TrialRequest,
  file: { freshInode: boolean },
  signal: AbortSignal,
): Promise<ObservedStream> {
  const { path, blockSizeBytes } = request;
  const filesystem = mountOf(path)?.type ?? "unknown";
  const filesystemBlockBytes = statfsSync(path).bsize;
  const offsetsBytes = offsetsOf(driver, request);
  const predicted = predictWrites(driver, {
    ...{ path, blockSizeBytes, filesystemBlockBytes, offsetsBytes },
    queueDepth: request.queueDepth,
    forced: request.arm === "forced",
    freshInode: file.freshInode,
  });
  const { result, recording } = await recorder.record(() =>
    driver.runTrial({ ...request, existingFile: true }, signal),
  );
  if (result.firstError !== null) {
    throw new UserError(`a traced write failed: ${result.firstError}`, "See dmesg.");
  }
  const inode = statSync(path).ino;
  const stream = { submitterTid: result.submitterTid, inode, blockSizeBytes, offsetsBytes };
  const attempts = attemptsOf(recording.events, recording.stacks, stream);
  if (attempts.length < offsetsBytes.length && recording.lostEvents === 0) {
    throw new UserError(
      `the trace shows ${attempts.length} of ${offsetsBytes.length} writes`,
      "In a container thread ids are not the kernel's: run it on the host, or with --pid=host.",
    );
  }
  const context: Context = {
    backend: recorder.backend.name,
    kernel: runningKernelVersion(release(), version()),
    filesystem,
    filesystemBlockBytes,
    asked: request.arm === "forced",
    filesystemWasAsked: attempts.some(
      ({ inline }) => inline.entry !== null || inline.events.length > 0,
    ),
    setId: isSetId(statSync(path).mode),
    noCow: ((driver.inodeFlags(path) ?? 0) & INODE_FLAGS.noCow) !== 0,
    events: recorder.backend.events,
  };
  const writes = attempts.map((attempt, index) => {
    const { prediction, early } = predicted[index] as ExpectedWrite;
    const verdict = attempt.punt === null ? null : verdictOf(attempt, context);
    return { attempt, predicted: prediction, predictedEarly: early, verdict };
  });
  return { filesystem, kernelRelease: release(), writes, recording };
}

function offsetsOf(driver: Driver, request: TrialRequest): number[] {
  const blocks = request.fileSizeBytes / request.blockSizeBytes;
  const order =
    request.order === "random"
      ? [...driver.randomOrder(blocks, request.seed)]
      : Array.from({ length: blocks }, (_, block) => block);
  return order.map((block) => block * request.blockSizeBytes);
}
