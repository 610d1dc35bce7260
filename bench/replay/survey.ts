import { constants } from "node:fs";
import { type Block, OUTCOMES } from "../../results/recording/block.js";
import { loadRecording, type Recording } from "../../results/recording/reader.js";
import { type BlockPlace, placeOf, type Row } from "../../results/recording/rows-in-order.js";
import { LENGTH_MAX, Touched } from "./touched.js";

/** IORING_OP_* that are replayed, and what they do. */
export const REPLAYED: ReadonlyMap<number, { name: string; vectored: boolean; moves: boolean }> =
  new Map([
    [1, { name: "readv", vectored: true, moves: true }],
    [2, { name: "writev", vectored: true, moves: true }],
    [3, { name: "fsync", vectored: false, moves: false }],
    [4, { name: "read-fixed", vectored: false, moves: true }],
    [5, { name: "write-fixed", vectored: false, moves: true }],
    [17, { name: "fallocate", vectored: false, moves: false }],
    [22, { name: "read", vectored: false, moves: true }],
    [23, { name: "write", vectored: false, moves: true }],
  ]);

export const PUNTED = OUTCOMES.indexOf("punted");

/** What is known of a recording after one look at every row. It grows with the files, not with the requests. */
export interface Survey {
  places: BlockPlace[];
  /** Indexes in the recording of the files. */
  files: Set<number>;
  touched: Touched;
  /** By ring: bytes of its longest request. */
  longestBytes: Map<number, number>;
  /** Rows that are not replayed, by the reason. */
  leftOut: Map<string, number>;
}

/** `use`: gets every request that is replayed. Throws a UserError. */
export function surveyRecording(
  path: string,
  use: (row: Row) => void,
): { recording: Recording; survey: Survey } {
  const survey = emptySurvey();
  const recording = loadRecording(path, (block, position) => {
    survey.places.push(placeOf(block, position));
    surveyBlock(survey, block, use);
  });
  return { recording, survey };
}

export function emptySurvey(): Survey {
  return {
    places: [],
    files: new Set(),
    touched: new Touched(),
    longestBytes: new Map(),
    leftOut: new Map(),
  };
}

export function surveyBlock(survey: Survey, block: Block, use: (row: Row) => void): void {
  for (let row = 0; row < block.count; row += 1) {
    if (block.ring[row] !== 0) noteRequest(survey, { block, row }, use);
  }
}

function noteRequest(survey: Survey, { block, row }: Row, use: (row: Row) => void): void {
  const reason = reasonToLeaveOut({ block, row });
  if (reason !== null) {
    survey.leftOut.set(reason, (survey.leftOut.get(reason) ?? 0) + 1);
    return;
  }
  const file = block.file[row] as number;
  survey.files.add(file);
  use({ block, row });
  const length = lengthOf({ block, row });
  const ring = block.ring[row] as number;
  survey.longestBytes.set(ring, Math.max(survey.longestBytes.get(ring) ?? 0, length));
  noteTouched(survey, { block, row }, length);
}

/** null: it can be issued again. */
export function reasonToLeaveOut({ block, row }: Row): string | null {
  const { file, operation, result, latencyNs } = block;
  const known = REPLAYED.get(operation[row] as number);
  if (known === undefined) return `operation ${operation[row]} is not replayed`;
  if (file[row] === 0) return "its file is not known";
  if ((result[row] as number) < 0) return "it failed when it was recorded";
  if (known.vectored && latencyNs[row] === -1) return "its length is not known";
  if (lengthOf({ block, row }) > LENGTH_MAX) return "it is longer than 64 MiB";
  return null;
}

/** A vectored request has its length in its result. */
export function lengthOf({ block, row }: Row): number {
  const { operation, result, lengthBytes } = block;
  const { vectored = false } = REPLAYED.get(operation[row] as number) ?? {};
  return (vectored ? result[row] : lengthBytes[row]) as number;
}

/** What appends goes to the end of the file, whatever offset it names. */
export function noteTouched(
  { touched }: Pick<Survey, "touched">,
  { block, row }: Row,
  lengthBytes: number,
): void {
  const { file, fileFlags, offsetBytes } = block;
  const offset = offsetBytes[row] as number;
  const appends = ((fileFlags[row] as number) & constants.O_APPEND) !== 0;
  if (appends || offset < 0) touched.addedBytes += lengthBytes;
  if (offset >= 0) touched.note(file[row] as number, offset, lengthBytes);
}
