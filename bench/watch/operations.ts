/** Names of IORING_OP_*, by number: include/uapi/linux/io_uring.h, Linux 7.0. Numbers never change their meaning. */
const OPERATIONS: readonly string[] = (
  "nop readv writev fsync read-fixed write-fixed poll-add poll-remove sync-file-range sendmsg recvmsg timeout " +
  "timeout-remove accept async-cancel link-timeout connect fallocate openat close files-update statx read write " +
  "fadvise madvise send recv openat2 epoll-ctl splice provide-buffers remove-buffers tee shutdown renameat unlinkat " +
  "mkdirat symlinkat linkat msg-ring fsetxattr setxattr fgetxattr getxattr socket uring-cmd send-zc sendmsg-zc " +
  "read-multishot waitid futex-wait futex-wake futex-waitv fixed-fd-install ftruncate bind listen recv-zc " +
  "epoll-wait readv-fixed writev-fixed pipe"
).split(" ");

export function operationName(opcode: number): string {
  return OPERATIONS[opcode] ?? `operation ${opcode}`;
}
