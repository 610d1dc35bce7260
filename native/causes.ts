import { openPrograms } from "./bpf-programs.js";

/** Something that happened during an attempt: a tracepoint of the kernel, or a function that was entered or returned. */
export interface Step {
  /** `native/bpf/causes.h` lists them, with the meaning of the two numbers. */
  name: string;
  value: number;
  detail: number;
}

/** One call of the filesystem's write function for one request. */
export interface Attempt {
  /** CLOCK_MONOTONIC. */
  beganNs: number;
  /** null: its end was not seen. */
  endedNs: number | null;
  /** The write function was seen to be called. */
  entered: boolean;
  /** Of the write function; null where its return was not seen. */
  result: number | null;
  /** In their order. Of more than 32 the first 31 and the last. */
  steps: Step[];
}

/** What the filesystem decides by, read from the inode. */
export interface InodeState {
  seen: "at-entry" | "at-punt";
  /** S_* of include/linux/fs.h. */
  inodeFlags: number;
  sizeBytes: number;
  /** The size that ext4 has on disk; null for other filesystems, and where the kernel does not describe it. */
  diskSizeBytes: number | null;
  /** Pages of the whole file in the page cache. */
  cachedPages: number;
  /** Count of i_rwsem: 0 is free. */
  lock: number;
}

/** How a request was handed to io-wq. */
export interface PuntRecord {
  /** CLOCK_MONOTONIC. */
  atNs: number;
  ring: bigint;
  /** 0 and 0:0 for a request without a file. */
  inode: number;
  major: number;
  minor: number;
  /** s_magic of the filesystem. */
  magic: number;
  /** i_mode. */
  mode: number;
  /** FMODE_* of the open file; null for a request without a file. */
  fileMode: number | null;
  /** The device that the file lies on, or is, has no QUEUE_FLAG_NOWAIT. Holds until Linux 6.10. */
  deviceWaits: boolean;
  /** Of the filesystem; null for a request without a file. */
  blockBytes: number | null;
  /** IOCB_* of a read or write. */
  writeFlags: number;
  /** IORING_OP_*. */
  opcode: number;
  /** The lower 32 bits of REQ_F_*. */
  requestFlags: number;
  /** 0 for operations other than reads and writes. */
  offsetBytes: number;
  /** 0 where it is not known: vectored requests without an attempt. */
  lengthBytes: number;
  /** At the inline attempt. null: the request has no file. */
  state: InodeState | null;
  /** The second attempt, in an io-wq worker; null: not seen. */
  retry: Attempt | null;
  /** Addresses of the kernel's functions, innermost first. */
  stack: bigint[];
}

/** One request with all that was seen of it. */
export interface RequestRecord {
  /** Address of its struct io_kiocb, which is used again for later requests. */
  request: bigint;
  /** In the initial PID namespace. */
  process: number;
  thread: number;
  /** The non-blocking attempt on the submitting thread; null: there was none, or it was not seen. */
  inline: Attempt | null;
  /** null: the request was issued inline. */
  punt: PuntRecord | null;
}

export interface CausesOptions {
  /** true: every process; else those given to `add`, and their children. */
  everything: boolean;
  /** Also programs of this name that start later, from their first request on; "": none. */
  name: string;
  /** Records also of requests that do not punt. */
  everyRequest: boolean;
  /** Also probes of kernel functions, where the kernel has kprobes. */
  functions: boolean;
  /** With `functions`: also each attempt to take a lock and each end of a bio, which all processes of the machine then pay for. */
  hotFunctions: boolean;
  /** Records for each process, file and operation in about a second; 0: all. */
  recordsPerPeriod: number;
}

/** Records why io_uring requests punt, with BPF programs, until `close`, or the end of this process. */
export interface Causes {
  add(process: number): void;
  remove(process: number): void;
  /** While paused nothing is recorded, and nothing costs time. What was under way is forgotten. */
  pause(): void;
  resume(): void;
  /** Names of the steps that can be seen on this kernel. */
  attached(): string[];
  /** The records since the last call. With `all` also of requests that were not seen to end. */
  read(all: boolean): RequestRecord[];
  /** Records that did not fit into the kernel's buffer. */
  lost(): number;
  close(): void;
}

/** Loads and attaches the programs. Throws a UserError with the remedy where that is impossible. */
export function openCauses(options: CausesOptions): Causes {
  return openPrograms("Causes", "causes.bpf.o", options);
}
