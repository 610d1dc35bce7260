import { statSync } from "node:fs";
import type { Driver, TrialRequest } from "../../native/index.js";
import { UserError } from "../../terminal/errors.js";
import { attribute } from "./attribution/attribute.js";
import type { Attribution } from "./attribution/attribution.js";
import { joinEvents } from "./attribution/join-events.js";
import type { TracedWrite } from "./attribution/traced-write.js";
import { type ExpectedWrite, expectWrites } from "./expected-writes.js";
import type { Tracer } from "./tracer.js";
import type { Trace } from "./tracing/trace.js";

/** One write: what the rules expect of it, what it did, and why. */
export interface ExplainedWrite {
  traced: TracedWrite;
  expected: ExpectedWrite;
  /** null: it did not punt. */
  attribution: Attribution | null;
}

/** A stream of writes that was traced. */
export interface ExplainedStream {
  filesystem: string;
  writes: ExplainedWrite[];
  trace: Trace;
}

/** What traced writes are issued with. */
export interface TracingContext {
  driver: Driver;
  tracer: Tracer;
  signal: AbortSignal;
}

/**
 * Issues the writes of `request` once to the existing file, with tracing on. The measured times are thrown away.
 * @param freshInode the kernel has just loaded the inode of the file.
 */
export async function traceWrites(
  { driver, tracer, signal }: TracingContext,
  request: TrialRequest,
  freshInode = false,
): Promise<ExplainedStream> {
  const { path, blockSizeBytes } = request;
  const offsetsBytes = offsetsOf(driver, request);
  const expected = expectWrites(driver, request, offsetsBytes, freshInode);
  const { file, filesystemBlockBytes } = expected;
  const { result, trace } = await tracer.record(() =>
    driver.runTrial({ ...request, existingFile: true }, signal),
  );
  if (result.firstError !== null) {
    throw new UserError(`a traced write failed: ${result.firstError}`, "See dmesg.");
  }
  const inode = statSync(path).ino;
  const stream = { submitterTid: result.submitterTid, inode, blockSizeBytes, offsetsBytes };
  const traced = joinEvents(trace, stream);
  if (traced.length < offsetsBytes.length && trace.lostEvents === 0) {
    throw new UserError(
      `the trace shows ${traced.length} of ${offsetsBytes.length} writes`,
      "In a container thread ids are not the kernel's: run it on the host, or with --pid=host.",
    );
  }
  const context = {
    kernel: file.kernel,
    filesystem: file.filesystem,
    filesystemBlockBytes,
    forced: file.forced,
    reachedFilesystem: traced.some(
      ({ inline }) => inline.entry !== null || inline.events.length > 0,
    ),
    setId: file.setId,
    noCow: file.inode.noCow,
    events: tracer.backend.events,
  };
  const writes = traced.map((write, index) => ({
    traced: write,
    expected: expected.writes[index] as ExpectedWrite,
    attribution: write.punt === null ? null : attribute(write, context),
  }));
  return { filesystem: file.filesystem, writes, trace };
}

function offsetsOf(driver: Driver, request: TrialRequest): number[] {
  const { fileSizeBytes, blockSizeBytes, order, seed } = request;
  const blocks = fileSizeBytes / blockSizeBytes;
  const numbers =
    order === "random" ? [...driver.randomOrder(blocks, seed)] : [...Array(blocks).keys()];
  return numbers.map((block) => block * blockSizeBytes);
}
