import { openPrograms } from "./bpf-programs.js";

/** Bytes of one recorded row: `struct RecordRow` in native/watch/record.h, little-endian. */
export const RECORD_ROW_BYTES = 88;

export interface RecorderOptions {
  /** true: every process; else those given to `add`. */
  everything: boolean;
  /** Programs of this name are recorded from their start on; empty: none. Their children always are. */
  name: string;
  /** Room in the kernel for events that were not read yet: a power of two. */
  bufferBytes: number;
}

/** The name by which a file was opened, or one that was changed or removed. */
export interface RecordedPath {
  /** CLOCK_MONOTONIC. */
  atNs: number;
  /** Of an opened file; else 0. The device is in the kernel's encoding. */
  inode: number;
  device: number;
  process: number;
  operation: number;
  /** As the program gave it; at most 255 bytes of it. */
  path: string;
}

/** Records every io_uring request until `close`, or the end of this process. */
export interface Recorder {
  add(process: number): void;
  remove(process: number): void;
  /** What ended since the last call; `all`: also the requests that are still under way. */
  read(all: boolean): { rows: Buffer; paths: RecordedPath[] };
  /** `events` found no room; `unmatched` completions belong to requests from before the recording. */
  lost(): { events: number; unmatched: number };
  close(): void;
}

/** Loads and attaches the programs. Throws a UserError with the remedy where that is impossible. */
export function openRecorder(options: RecorderOptions): Recorder {
  return openPrograms("Record", "record.bpf.o", options);
}
