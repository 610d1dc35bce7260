/* The kernel's structures that only record reads, with only the members that it reads. */
#pragma once

#include "kernel_types.h"

struct inode___state {
  __u16 i_mode;
  long long i_size;
} KERNEL_TYPE;
struct file___record {
  unsigned int f_flags;
  long long f_pos;
} KERNEL_TYPE;
struct kiocb {
  long long ki_pos;
} KERNEL_TYPE;
/* Commands of requests. A request begins with its command. */
struct io_rw {
  struct kiocb kiocb;
  __u32 len;
  __u32 flags;
} KERNEL_TYPE;
struct io_sync {
  long long len;
  long long off;
  int flags;
  int mode;
} KERNEL_TYPE;
struct io_ring_ctx___flags {
  __u32 flags;
} KERNEL_TYPE;
struct fdtable {
  unsigned int max_fds;
  struct file **fd;
} KERNEL_TYPE;
struct files_struct {
  struct fdtable *fdt;
} KERNEL_TYPE;
