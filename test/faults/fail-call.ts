import { constants } from "node:os";
import { buildProgram } from "./build-program.js";

/** Numbers of x86-64 (arch/x86/entry/syscalls/syscall_64.tbl). */
export const CALLS = {
  read: 0,
  write: 1,
  close: 3,
  mmap: 9,
  ioctl: 16,
  pread64: 17,
  pwrite64: 18,
  madvise: 28,
  fsync: 74,
  fdatasync: 75,
  ftruncate: 77,
  flock: 73,
  rmdir: 84,
  unlink: 87,
  readlink: 89,
  sched_setaffinity: 203,
  io_setup: 206,
  io_submit: 209,
  getdents64: 217,
  fadvise64: 221,
  openat: 257,
  mkdirat: 258,
  newfstatat: 262,
  fallocate: 285,
  perf_event_open: 298,
  prlimit64: 302,
  bpf: 321,
  preadv2: 327,
  pwritev2: 328,
  statx: 332,
  io_uring_setup: 425,
  io_uring_enter: 426,
  io_uring_register: 427,
  fsopen: 430,
  fsmount: 432,
  clone3: 435,
} as const;
export type Call = keyof typeof CALLS;

export type Fault =
  | "ENOSPC"
  | "EIO"
  | "EDQUOT"
  | "EINTR"
  | "ENOMEM"
  | "EPERM"
  | "ENOSYS"
  | "524"
  | "short";

const injector = () => buildProgram("fail-call");

/** Why calls cannot be made to fail here. */
export function cannotFailCalls(): string | null {
  return process.arch === "x64" ? null : "the injector knows only x86-64";
}

/** Words before a command: its n-th call after the addon is loaded fails; `report` is written when it came to that. */
export function failingOnce(call: Call, fault: Fault, nth: number, report: string): string[] {
  return [injector(), "once", String(CALLS[call]), numberOf(fault), String(nth), report];
}

/** Words before a command: every such call fails, as where a container's filter refuses it. */
export function failingAlways(call: Call, fault: Fault): string[] {
  return [injector(), "always", String(CALLS[call]), numberOf(fault), "0", "/dev/null"];
}

function numberOf(fault: Fault): string {
  const numbers: { [name: string]: number } = constants.errno;
  return String(numbers[fault] ?? fault);
}
