import { release, version } from "node:os";
import type { TrialRequest } from "../../native/index.js";
import { variantWords } from "../../results/scenario.js";
import type { Scenario } from "../../results/schema.js";
import { UserError } from "../../terminal/errors.js";
import { baseQuestion } from "../inspect/inspect.js";
import { extentsOf } from "../inspect/read-file.js";
import { runningKernelVersion } from "../rules/kernel-version.js";
import type { Prediction } from "../rules/prediction.js";
import { attributeRequest } from "./attribution/attribute-request.js";
import { tracedWrite, workersInside } from "./attribution/traced-write.js";
import { type ExplainedStream, inOrderOfSubmission, type TracingContext } from "./trace-writes.js";

/** The rules know O_DIRECT writes to one file, each block once. */
const NOT_KNOWN: Prediction = {
  punts: null,
  cause: "not-established",
  why: "the rules do not know such requests",
  kernelFunction: null,
  curedBy: null,
};

/** What the rules can say of each write in advance: of plain writes, also durable ones, to files in any state. */
export function isPlain(scenario: Scenario): boolean {
  const { durability, order, extents, inode, pageCache, ...others } = scenario;
  const withinWrite = durability === "o_dsync" || durability === "rwf_dsync";
  const rest = variantWords({
    ...others,
    order,
    ...(!withinWrite && durability && { durability }),
  });
  return rest.length === 0 && ["sequential", "random", "random-next"].includes(order);
}

/**
 * Issues any requests once to existing files, with tracing on. Their causes are found as for any other program's
 * requests; nothing is predicted. fsyncs that come beside the requests are among them.
 */
export async function traceRequests(
  { driver, recorder, signal }: TracingContext,
  request: TrialRequest,
  filesystem: string,
): Promise<ExplainedStream> {
  const extents = extentsOf(driver, request.path, []) ?? [];
  const { inode } = baseQuestion(driver, request.path, extents, request.blockSizeBytes);
  const { result, recording } = await recorder.record(() =>
    driver.runTrial({ ...request, existingFile: true }, signal),
  );
  if (result.firstError !== null) {
    throw new UserError(`a traced request failed: ${result.firstError}`, "See dmesg.");
  }
  const records = inOrderOfSubmission(result.submitterTid, recording.records);
  const inside = workersInside(records);
  const context = {
    kernel: runningKernelVersion(release(), version()),
    steps: recorder.steps,
    inode,
    functionsOf: recorder.functionsOf,
  };
  const writes = records.map((record, index) => {
    const surroundings = { ...context, workerInside: inside[index] ?? false };
    const place = record.punt ?? { offsetBytes: 0, lengthBytes: request.blockSizeBytes };
    return {
      index,
      traced: tracedWrite(record, place, surroundings),
      expected: { prediction: NOT_KNOWN, early: NOT_KNOWN },
      attribution: record.punt === null ? null : attributeRequest(record, surroundings),
    };
  });
  return { filesystem, writes, recording };
}
