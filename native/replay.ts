import type { Ring } from "../results/vocabulary.js";

/** A file that requests go to; the same file may stand here twice, with other flags. */
export interface ReplayFile {
  path: string;
  /** O_*; O_NOFOLLOW and O_CLOEXEC are added. */
  openFlags: number;
}

/** Requests of a recording, ready for the driver, in files of structures of native/loop/replay_plan.h. */
export interface ReplayRequest {
  files: readonly ReplayFile[];
  /** `requests`: path of a file of structures of `REQUEST_BYTES`, in the order of their submission. */
  rings: readonly { ring: Ring; requests: string }[];
  /** System calls that change the files: path of a file of structures of `CALL_BYTES`, in order. */
  calls: string;
  /** Each request has its due moment; else it follows those that it followed in the recording. */
  paced: boolean;
  /** Most bounded io-wq workers of a ring; 0: as many as the kernel allows. */
  iowqWorkers: number;
  countPunts: boolean;
}

export const REQUEST_BYTES = 40;
export const CALL_BYTES = 48;

/** `ReplayCallKind` of native/loop/replay_plan.h. */
export const CALL_KINDS = [
  "write",
  "fsync",
  "fdatasync",
  "ftruncate",
  "fallocate",
  "drop-cache",
] as const;
export type CallKind = (typeof CALL_KINDS)[number];

export interface PackedRequest {
  dueNs: number;
  /** -1: the file's position. */
  offsetBytes: number;
  lengthBytes: number;
  file: number;
  opFlags: number;
  callsBefore: number;
  depth: number;
  operation: number;
  sqeFlags: number;
}

export function packRequest(into: Buffer, index: number, request: PackedRequest): void {
  const at = index * REQUEST_BYTES;
  putWide(into, at, request.dueNs);
  putWide(into, at + 8, request.offsetBytes);
  into.writeUInt32LE(request.lengthBytes, at + 16);
  into.writeUInt32LE(request.file, at + 20);
  into.writeUInt32LE(request.opFlags, at + 24);
  into.writeUInt32LE(request.callsBefore, at + 28);
  into.writeUInt32LE(request.depth, at + 32);
  into.writeUInt8(request.operation, at + 36);
  into.writeUInt8(request.sqeFlags, at + 37);
}

export interface PackedCall {
  dueNs: number;
  offsetBytes: number;
  lengthBytes: number;
  /** Requests of all rings that had completed when it returned. */
  completedBefore: number;
  file: number;
  /** Mode of a fallocate. */
  flags: number;
  kind: CallKind;
}

export function packCall(into: Buffer, index: number, call: PackedCall): void {
  const at = index * CALL_BYTES;
  putWide(into, at, call.dueNs);
  putWide(into, at + 8, call.offsetBytes);
  putWide(into, at + 16, call.lengthBytes);
  putWide(into, at + 24, call.completedBefore);
  into.writeUInt32LE(call.file, at + 32);
  into.writeUInt32LE(call.flags, at + 36);
  into.writeUInt32LE(CALL_KINDS.indexOf(call.kind), at + 40);
}

/** 64 bits; -1 is all ones. */
function putWide(into: Buffer, at: number, value: number): void {
  into.writeBigInt64LE(BigInt(Math.round(value)), at);
}
