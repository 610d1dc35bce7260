import type { RequestRecord } from "../../native/causes.js";
import type { Driver, TrialRequest } from "../../native/index.js";
import { UserError } from "../../terminal/errors.js";
import { attribute } from "./attribution/attribute.js";
import type { Attribution } from "./attribution/attribution.js";
import { type TracedWrite, tracedWrite, workersInside } from "./attribution/traced-write.js";
import { type ExpectedWrite, expectWrites } from "./expected-writes.js";
import type { Recorder, Recording } from "./recorder.js";

/** One write: what the rules expect of it, what it did, and why. */
export interface ExplainedWrite {
  /** It was the n-th write submitted, from 0. */
  index: number;
  traced: TracedWrite;
  expected: ExpectedWrite;
  /** null: it did not punt. */
  attribution: Attribution | null;
}

/** A stream of writes that was traced. */
export interface ExplainedStream {
  filesystem: string;
  writes: ExplainedWrite[];
  recording: Recording;
}

/** What traced writes are issued with. */
export interface TracingContext {
  driver: Driver;
  recorder: Recorder;
  signal: AbortSignal;
}

/**
 * Issues the writes of `request` once to the existing file, with tracing on. The measured times are thrown away.
 * @param freshInode the kernel has just loaded the inode of the file.
 */
export async function traceWrites(
  { driver, recorder, signal }: TracingContext,
  request: TrialRequest,
  freshInode = false,
): Promise<ExplainedStream> {
  const { blockSizeBytes: lengthBytes } = request;
  const offsetsBytes = offsetsOf(driver, request);
  const expected = expectWrites(driver, request, offsetsBytes, freshInode);
  const { file, filesystemBlockBytes } = expected;
  const { result, recording } = await recorder.record(() =>
    driver.runTrial({ ...request, existingFile: true }, signal),
  );
  if (result.firstError !== null) {
    throw new UserError(`a traced write failed: ${result.firstError}`, "See dmesg.");
  }
  const records = inOrderOfSubmission(result.submitterTid, recording.records);
  if (records.length !== offsetsBytes.length && recording.lostEvents === 0) {
    throw new UserError(
      `the trace shows ${records.length} of ${offsetsBytes.length} writes`,
      "In a container thread ids are not the kernel's: run it on the host, or with --pid=host.",
    );
  }
  const inside = workersInside(records);
  const traced = records.map((record, index) => {
    const place = { offsetBytes: offsetsBytes[index] ?? 0, lengthBytes };
    const workerInside = inside[index] ?? false;
    return tracedWrite(record, place, {
      kernel: file.kernel,
      workerInside,
      functionsOf: recorder.functionsOf,
    });
  });
  const context = {
    kernel: file.kernel,
    filesystem: file.filesystem,
    filesystemBlockBytes,
    forced: file.forced,
    setId: file.setId,
    inode: file.inode,
    events: recorder.steps,
  };
  const writes = traced.map((write, index) => ({
    index,
    traced: write,
    expected: expected.writes[index] as ExpectedWrite,
    attribution: write.punt === null ? null : attribute(write, context),
  }));
  return { filesystem: file.filesystem, writes, recording };
}

/**
 * The requests of a thread in the order of their submission. One that waited for others before it was punted has a
 * record of its submission and one of its punt: they are joined.
 */
export function inOrderOfSubmission(
  thread: number,
  records: readonly RequestRecord[],
): RequestRecord[] {
  const startNs = ({ inline, punt }: RequestRecord) => inline?.beganNs ?? punt?.atNs ?? 0;
  const inOrder = records
    .filter((record) => record.thread === thread)
    .sort((a, b) => startNs(a) - startNs(b));
  const requests: RequestRecord[] = [];
  const submitted = new Map<bigint, number>();
  for (const record of inOrder) {
    const earlier = record.inline === null ? submitted.get(record.request) : undefined;
    if (earlier !== undefined) {
      requests[earlier] = { ...record, inline: requests[earlier]?.inline ?? null };
    } else {
      submitted.set(record.request, requests.length);
      requests.push(record);
    }
  }
  return requests;
}

function offsetsOf(driver: Driver, request: TrialRequest): number[] {
  const { fileSizeBytes, blockSizeBytes, order, seed } = request;
  const blocks = fileSizeBytes / blockSizeBytes;
  const drawn = order === "random" || order === "random-next";
  const numbers = drawn ? [...driver.randomOrder(order, blocks, seed)] : [...Array(blocks).keys()];
  return numbers.map((block) => block * blockSizeBytes);
}
